import { createPipeline } from "@bellwether/core"
import type { CallResult, EndpointOptions, Pipeline, Plugin, Store } from "@bellwether/core"
import { seededRandom, virtualClock } from "@bellwether/testing"
import type { VirtualClock } from "@bellwether/testing"
import { PriceMissing, quota, QuotaExhausted, QuotaLow, QuotaRestored } from "../src/index.ts"
import type { BudgetOptions, Quota, QuotaOptions } from "../src/index.ts"

/** A request as a provider sees it. */
export interface Seen {
  /** The endpoint's id. */
  readonly endpoint: string
  /** The key it came with, as it was sent. */
  readonly key: string
  readonly path: string
  /** The model of a call; empty for a question for usage. */
  readonly model: string
}

/** What the providers do with a request. */
export type Serve = (seen: Seen, signal: AbortSignal) => Response | Promise<Response>

/** What a test wants otherwise. */
export interface StageOptions extends Omit<QuotaOptions, "budgets"> {
  readonly budgets?: readonly BudgetOptions[]
  readonly endpoints?: readonly Partial<EndpointOptions>[]
  readonly use?: readonly Plugin[]
  readonly serve?: Serve
  readonly store?: Store
  readonly clock?: VirtualClock
}

/** How a call is made. */
export interface StageCall {
  readonly model?: string
  readonly tag?: string
  readonly caller?: string
  readonly stream?: boolean
  readonly maxTokens?: number
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
}

/** Quota over providers made of a function, in virtual time. */
export interface Stage {
  readonly clock: VirtualClock
  readonly pipeline: Pipeline
  readonly quota: Quota
  /** What the providers have seen. */
  readonly seen: readonly Seen[]
  /** What was told: `60000 quota-low provider primary/key-1 10 tokens`. */
  readonly log: readonly string[]
  /** Makes a call; somebody must drive the clock. */
  begin(call?: StageCall): Promise<CallResult>
  /** Makes a call and reads its answer. */
  ask(call?: StageCall): Promise<CallResult>
  /** Makes so many calls at once, and reads their answers. */
  together(count: number, call?: StageCall): Promise<readonly CallResult[]>
  /** The same as `ask`; tells who answered, or the code of what failed. */
  told(call?: StageCall): Promise<string>
  /** How much of a budget is used and reserved, for each of its subjects. */
  spent(name?: string): Readonly<Record<string, readonly [used: number, reserved: number]>>
}

/** An answer of 100 tokens: 40 asked, 60 said. */
export const answer = (usage: object | undefined = { prompt_tokens: 40, completion_tokens: 60 }): Response =>
  Response.json({
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "Baa." }, finish_reason: "stop" }],
    ...(usage && { usage }),
  })

/** A provider's error. */
export const failure = (status: number, code: string): Response =>
  Response.json({ error: { message: `It is ${code}.`, code, type: code } }, { status })

export function stageOf(options: StageOptions): Stage {
  const {
    endpoints = [{}],
    use = [],
    serve = () => answer(),
    store,
    clock = virtualClock(),
    ...rest
  } = options
  const ids = ["primary", "backup", "third"]
  const seen: Seen[] = []
  const log: string[] = []
  const quotas = quota(rest)
  const pipeline = createPipeline({
    endpoints: endpoints.map((each, index) => {
      const id = ids[index] ?? ""
      return {
        id,
        baseURL: `https://${id}.test/v1`,
        ...(each.keys === undefined && { key: `sk-${id}` }),
        ...each,
      }
    }),
    use: [quotas, ...use],
    fetch: async (url, { headers, body, signal }) => {
      const { hostname, pathname, search } = new URL(url)
      const key = String(new Headers(headers).get("authorization")).replace("Bearer ", "")
      const model = typeof body === "string" ? String(JSON.parse(body).model) : ""
      const request = { endpoint: hostname.replace(".test", ""), key, path: pathname + search, model }
      seen.push(request)
      return serve(request, signal as AbortSignal)
    },
    clock,
    random: seededRandom(1),
    ...(store && { store }),
  })
  for (const type of [QuotaLow, QuotaExhausted, QuotaRestored])
    pipeline.on(type, ({ source, name, subject, left, unit }) => {
      const what = [source, name, subject, left, unit].filter((part) => part !== undefined)
      log.push(`${Math.round(clock.now())} ${type.name} ${what.join(" ")}`)
    })
  pipeline.on(PriceMissing, ({ target, model }) => log.push(`price-missing ${target} ${model}`))

  const begin: Stage["begin"] = ({ model = "m", tag, caller, stream, maxTokens, deadlineMs, signal } = {}) =>
    pipeline.call({
      path: "/chat/completions",
      method: "POST",
      // 160 characters, that is 40 tokens.
      body: JSON.stringify({
        model,
        ...(stream !== undefined && { stream }),
        ...(maxTokens !== undefined && { max_tokens: maxTokens }),
        messages: [{ role: "user", content: "baa ".repeat(39) }],
      }),
      headers: {
        ...(tag !== undefined && { "x-bellwether-tag": tag }),
        ...(caller !== undefined && { "x-bellwether-caller": caller }),
        ...(deadlineMs !== undefined && { "x-bellwether-deadline-ms": String(deadlineMs) }),
      },
      ...(signal && { signal }),
    })
  const whole = async (call?: StageCall): Promise<CallResult> => {
    const result = await begin(call)
    if (result.ok) await result.response.text().catch(() => "")
    return result
  }
  const ask: Stage["ask"] = (call) => clock.runUntil(whole(call))
  return {
    clock,
    pipeline,
    quota: quotas,
    seen,
    log,
    begin,
    ask,
    together: (count, call) => clock.runUntil(Promise.all(Array.from({ length: count }, () => whole(call)))),
    async told(call) {
      const result = await ask(call)
      return result.ok ? (result.call.attempts.at(-1)?.target.id ?? "") : result.failure.code
    },
    spent(name) {
      const purses = quotas.snapshot().budgets.filter((each) => name === undefined || each.name === name)
      return Object.fromEntries(purses.map(({ subject, used, reserved }) => [subject, [used, reserved]]))
    },
  }
}
