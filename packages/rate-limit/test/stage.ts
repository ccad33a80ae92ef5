import { Choice, createPipeline } from "@bellwether/core"
import type { CallInput, CallResult, EndpointOptions, Pipeline, Plugin, Store } from "@bellwether/core"
import { seededRandom, virtualClock } from "@bellwether/testing"
import type { VirtualClock } from "@bellwether/testing"
import { rateLimit } from "../src/index.ts"
import type { RateLimitOptions } from "../src/index.ts"

/** What a provider answers to the request of this number, from 0. */
export type Answers = (number: number, model: string) => Response

/** A pipeline with `rateLimit` over one or more providers that take half a second, in virtual time. */
export interface Stage {
  readonly clock: VirtualClock
  readonly pipeline: Pipeline
  /** Models of the requests the providers got, and when. */
  readonly requests: readonly { readonly model: string; readonly atMs: number }[]
  /** Begins a chat completion. */
  begin(input?: Asked): Promise<CallResult>
  /** Makes one. */
  ask(input?: Asked): Promise<CallResult>
  /** Begins so many at once, and tells what became of them. */
  many(count: number, input?: Asked): Promise<readonly CallResult[]>
}

export interface Asked extends Partial<CallInput> {
  readonly model?: string
  readonly body?: string
}

export interface StageOptions extends RateLimitOptions {
  readonly answers?: Answers
  /** Plugins in front of it. */
  readonly use?: readonly Plugin[]
  /** Plugins that are asked after it. */
  readonly behind?: readonly Plugin[]
  readonly endpoints?: readonly EndpointOptions[]
  readonly store?: Store
  /** Milliseconds an answer takes. @default 500 */
  readonly serviceMs?: number
}

/** A chat completion of ten tokens, five of them the answer's. */
export const fine = (headers: Record<string, string> = {}): Response =>
  Response.json(
    {
      id: "c-1",
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: "Baa." }, finish_reason: "stop" }],
      usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
    },
    { headers },
  )

export const throttle = (headers: Record<string, string> = {}): Response =>
  Response.json({ error: { code: "rate_limit_exceeded", message: "Slow down." } }, { status: 429, headers })

export function stageOf({
  answers = () => fine(),
  use = [],
  behind = [],
  endpoints,
  store,
  serviceMs = 500,
  ...options
}: StageOptions = {}): Stage {
  const clock = virtualClock()
  const requests: { model: string; atMs: number }[] = []
  const pipeline = createPipeline({
    endpoints: endpoints ?? [{ id: "alpha", baseURL: "https://alpha.test/v1", key: "sk-1" }],
    use: [...use, rateLimit(options), ...behind],
    clock,
    random: seededRandom(1),
    ...(store !== undefined && { store }),
    async fetch(_, { body, signal }) {
      const { model } = JSON.parse(body as string) as { readonly model: string }
      const number = requests.push({ model, atMs: clock.now() }) - 1
      await clock.sleep(serviceMs, signal ?? undefined)
      return answers(number, model)
    },
  })
  const begin = ({ model = "m", ...input }: Asked = {}): Promise<CallResult> =>
    pipeline.call({ path: "/chat/completions", method: "POST", body: chat({ model }), ...input })
  return {
    clock,
    pipeline,
    requests,
    begin,
    ask: (input) => clock.runUntil(begin(input)),
    many: (count, input) => clock.runUntil(Promise.all(Array.from({ length: count }, () => begin(input)))),
  }
}

/** The body of a question. */
export const chat = (more: object = {}): string =>
  JSON.stringify({
    model: "m",
    messages: [{ role: "user", content: "Why do sheep follow a bell?" }],
    ...more,
  })

/** What became of calls: `answered`, or the code of the failure. */
export const fates = (results: readonly CallResult[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {}
  for (const result of results) {
    const fate = result.ok ? "answered" : result.failure.code
    counts[fate] = (counts[fate] ?? 0) + 1
  }
  return counts
}

/** Stands in line for the first target, as a router does, and goes there when its turn has come. */
export const patient: Plugin = {
  name: "patient",
  setup: ({ board }) => ({
    async call(request, next, context) {
      const [target] = context.candidates
      const place = target && board.line(target, context)
      if (target === undefined || place === undefined) return next(request, context)
      try {
        await Promise.race([place.turn, aborted(context.signal)])
        return await next(request, context.with(Choice, { target, kind: "first" }))
      } finally {
        place.leave()
      }
    },
  }),
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }))
