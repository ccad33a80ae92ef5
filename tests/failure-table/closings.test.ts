import { describe, expect, test } from "vitest"
import { setUp } from "./stage.ts"
import { error, fault, status } from "./trouble.ts"
import type { Trouble } from "./trouble.ts"

/** What a failure takes out of use: a key with all its models, a key for one model, an endpoint for one model. */
interface Closing {
  readonly class: string
  readonly trouble: Trouble
  /** How many different calls have to meet it first. */
  readonly calls: number
  readonly scope: "key" | "key-model" | "endpoint-model"
  /** Whether it is parked, instead of only asked to wait. */
  readonly parked: boolean
  /** Why, in the words an operator reads. */
  readonly reason: RegExp
  /** For how many seconds. */
  readonly seconds: number
}

const park = { calls: 1, parked: true, scope: "key", seconds: 60 } as const
const gate = { calls: 1, parked: false, seconds: 55 } as const
const hint = { retryAfter: { as: "seconds", ms: 55_000 } } as const

const closings: readonly Closing[] = [
  {
    ...park,
    class: "model-missing",
    trouble: error("model-missing"),
    scope: "endpoint-model",
    reason: /does not have this model/,
  },
  { ...park, class: "credential", trouble: error("invalid-key"), reason: /refuses the key/ },
  {
    ...park,
    class: "forbidden",
    trouble: error("permission-denied"),
    calls: 3,
    reason: /forbade several calls/,
  },
  {
    ...park,
    class: "quota-exhausted",
    trouble: error("insufficient-quota"),
    reason: /quota or balance of the key is used up/,
  },
  {
    ...park,
    class: "quota-exhausted",
    trouble: fault("with a reset", { kind: "error", error: "payment-required", ...hint }),
    reason: /quota or balance of the key is used up/,
    seconds: 55,
  },
  {
    ...gate,
    class: "rate-limited",
    trouble: fault("with a hint", { kind: "error", error: "rate-limited", ...hint }),
    scope: "key-model",
    reason: /too many requests/,
  },
  {
    ...gate,
    class: "rate-limited",
    trouble: status("a limit on all calls of the account at once", 429, {
      error: {
        message: "Your account reached max organization concurrency: 1, please try again after 55 seconds",
        type: "rate_limit_reached_error",
      },
    }),
    scope: "key",
    reason: /too many requests/,
  },
  {
    ...gate,
    class: "overloaded",
    trouble: fault("with a hint", { kind: "error", error: "unavailable", ...hint }),
    scope: "endpoint-model",
    reason: /overloaded/,
  },
  {
    ...gate,
    class: "server-error",
    trouble: fault("with a hint", { kind: "error", error: "server-error", ...hint }),
    scope: "endpoint-model",
    reason: /asked to wait/,
  },
]

describe.concurrent.each(closings)("$class, $trouble.name", (closing) => {
  const { calls, parked, reason, scope, seconds, trouble } = closing
  const isOfEndpoint = scope === "endpoint-model"

  test(`closes the ${scope} with a reason, and the next call goes elsewhere`, async () => {
    await using stage = await setUp({ setting: "several", struck: [["a1", trouble]] })
    for (let call = 0; call < calls; call++) await stage.call(trouble.question)
    const [a1, a2, b1] = stage.pipeline.inspect("gpt-4o").targets.map(({ verdict }) => verdict)
    const closed = { status: "unavailable", reason: expect.stringMatching(reason) }
    const isThrottled = closing.class === "rate-limited"
    expect(a1).toEqual({
      ...closed,
      untilMs: expect.any(Number),
      ...(parked && { parked: true }),
      ...(isThrottled && { throttled: true, lineMs: 30_000 }),
    })
    expect(a2).toMatchObject(isOfEndpoint ? closed : { status: "available" })
    expect(b1).toEqual({ status: "available" })
    const [other] = stage.pipeline.inspect("gpt-4o-mini").targets
    expect(other?.verdict).toMatchObject(scope === "key" ? closed : { status: "available" })

    const before = stage.asked.length
    await stage.call(trouble.question)
    expect(stage.asked.slice(before)).toBe(isOfEndpoint ? " b1" : " a2")
  })

  test("closes everything where everybody has it, and the caller is told when the first is back", async () => {
    await using stage = await setUp({ setting: "several", struck: [["a1 a2 b1 c1", trouble]] })
    const gots = []
    for (let call = 0; call < calls; call++) gots.push(await stage.call(trouble.question))
    const verdicts = stage.pipeline.inspect("gpt-4o").targets.map(({ verdict }) => verdict.status)
    expect(verdicts).toEqual(["unavailable", "unavailable", "unavailable", "unavailable"])
    const last = gots.at(-1)
    const told = Number(last?.response.headers.get("retry-after"))
    expect(told).toBeGreaterThan(seconds / 2)
    expect(told).toBeLessThanOrEqual(seconds)
  })
})

test.concurrent.each(closings.filter(({ parked }) => parked))(
  "law 11: a sole target is asked although it is parked for $class",
  async ({ trouble, calls }) => {
    await using stage = await setUp({ setting: "sole", struck: [["a1", trouble]] })
    for (let call = 0; call <= calls; call++) await stage.call(trouble.question)
    expect(stage.a.requests).toHaveLength(calls + 1)
  },
)

const openers = [
  "invalid-request",
  "context-length",
  "content-policy",
  "server-error",
  "unavailable",
] as const

test.concurrent.each(openers)("%s without a hint closes nothing", async (name) => {
  await using stage = await setUp({ setting: "several", struck: [["a1 a2", error(name)]] })
  await stage.call("chat")
  const verdicts = stage.pipeline.inspect("gpt-4o").targets.map(({ verdict }) => verdict.status)
  expect(verdicts).toEqual(["available", "available", "available", "available"])
})
