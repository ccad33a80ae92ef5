import { Choice, createPipeline, seededRandom } from "@bellwether/core"
import type { AttemptKind, CallResult, Pipeline, PipelineOptions, Plugin } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import {
  circuitBreaker,
  CircuitClosed,
  CircuitForcedOpen,
  CircuitHalfOpened,
  CircuitOpened,
  CircuitReleased,
} from "../src/index.ts"
import type { CircuitBreakerOptions } from "../src/index.ts"

/** What a provider does with the next request; without a plan it answers. */
export type Plan = () => Response | Promise<Response>

export const answer: Plan = () =>
  Response.json({ choices: [{ message: { role: "assistant", content: "hi" }, finish_reason: "stop" }] })
export const overloaded: Plan = () => Response.json({ error: { message: "overloaded" } }, { status: 529 })
export const limited: Plan = () => Response.json({ error: { message: "slow down" } }, { status: 429 })

/** An answer the test sends piece by piece. */
export function openStream() {
  let controller!: ReadableStreamDefaultController<Uint8Array>
  const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) })
  const event = (delta: unknown, finish_reason: string | null) =>
    controller.enqueue(
      new TextEncoder().encode(
        `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`,
      ),
    )
  return {
    plan: () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
    content: () => event({ content: "hi" }, null),
    finish: () => {
      event({}, "stop")
      controller.close()
    },
    cut: () => controller.error(new TypeError("terminated")),
  }
}

interface WorldOptions extends Partial<Omit<PipelineOptions, "clock" | "fetch">> {
  readonly breaker?: CircuitBreakerOptions
  /** Plugins behind the breaker. */
  readonly behind?: readonly Plugin[]
}

/** Two endpoints, `primary` by the plans, `backup` always well; and what was heard of the circuits. */
export function build(
  { breaker, use = [], behind = [], ...options }: WorldOptions = {},
  clock = virtualClock(),
) {
  const plans: Plan[] = []
  const seen: string[] = []
  const heard: string[] = []
  const circuits = circuitBreaker(breaker)
  const pipeline = createPipeline({
    endpoints: [
      { id: "primary", baseURL: "https://primary.test/v1", key: "secret" },
      { id: "backup", baseURL: "https://backup.test/v1", key: "secret" },
    ],
    fetch: async (url) => {
      const host = new URL(url).hostname.replace(".test", "")
      seen.push(host)
      return host === "primary" ? (plans.shift() ?? answer)() : answer()
    },
    random: seededRandom(1),
    ...options,
    clock,
    use: [...use, circuits, ...behind],
  })
  pipeline.on(CircuitOpened, ({ target, reason }) => heard.push(`${target.id} opened: ${reason}`))
  pipeline.on(CircuitHalfOpened, ({ reason }) => heard.push(`half-opened: ${reason}`))
  pipeline.on(CircuitClosed, ({ reason }) => heard.push(`closed: ${reason}`))
  pipeline.on(CircuitForcedOpen, ({ scope, reason, untilMs }) =>
    heard.push(
      `${Object.values(scope).join("/")} forced open: ${reason}${untilMs === undefined ? "" : ", for now"}`,
    ),
  )
  pipeline.on(CircuitReleased, ({ scope }) => heard.push(`${Object.values(scope).join("/")} released`))
  return { pipeline, circuits, clock, plans, seen, heard }
}

export const ask = (
  pipeline: Pipeline,
  { model = "gpt-4o", stream = false, signal = undefined as AbortSignal | undefined } = {},
) =>
  pipeline.call({
    method: "POST",
    path: "/chat/completions",
    body: JSON.stringify({ model, stream, messages: [] }),
    ...(signal && { signal }),
  })

export const textOf = (result: CallResult): Promise<string> =>
  result.ok ? result.response.text() : Promise.reject(result.error)

export async function askTimes(times: number, pipeline: Pipeline, model?: string) {
  for (let time = 0; time < times; time++) await ask(pipeline, model === undefined ? {} : { model })
}

/** What the breaker tells of itself. */
export const told = (pipeline: Pipeline) =>
  pipeline.inspect().plugins["circuit-breaker"] as { target: string; model?: string; state: string }[]

export const states = (pipeline: Pipeline) =>
  told(pipeline)
    .filter(({ model }) => model !== undefined)
    .map(({ target, model, state }) => `${target} ${model}: ${state}`)

/** Five failures; the open time of the first opening is over after 5 s. */
export async function trip({ pipeline, plans }: Pick<ReturnType<typeof build>, "pipeline" | "plans">) {
  plans.push(...Array<Plan>(5).fill(overloaded))
  await askTimes(5, pipeline)
}

/** Makes every attempt on the primary, as this kind. */
export const always = (kind: AttemptKind): Plugin => ({
  name: "always",
  setup: ({ targets: [target] }) => ({
    call: (request, next, context) =>
      next(request, target ? context.with(Choice, { target, kind }) : context),
  }),
})

export const hanging: Plan = () => new Promise(() => {})
