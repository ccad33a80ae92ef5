import type { Plugin } from "@bellwether/core"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { atLeast, atMost, inTurn, plain } from "./figure.ts"
import type { Cell, Figure, Row } from "./figure.ts"
import { openLoop } from "./stage/load.ts"
import { answeredPercent } from "./stage/outcome.ts"
import type { Outcome } from "./stage/outcome.ts"
import { play } from "./stage/play.ts"
import { answer, failing, failure } from "./stage/provider.ts"
import type { Provider } from "./stage/provider.ts"

const perSecond = 40
const seconds = 60
const pause = { fromMs: 10_000, untilMs: 30_000 } as const
const serviceMs = 100

/** Half of the calls are for a model that is throttled, half for one that is not. */
const throttled = "m"
const modelOf = (call: number): string => (call % 2 === 0 ? throttled : "n")

/** A provider that wants to be left alone for a while, with one of its models, and counts who does not mind. */
function pausing() {
  const reached = { inThePause: 0 }
  const provider: Provider = async ({ clock, request }) => {
    const nowMs = clock.now()
    const isPaused = nowMs >= pause.fromMs && nowMs < pause.untilMs
    const isAsked = request.body?.includes(`"model":"${throttled}"`) === true
    if (isPaused && isAsked) reached.inThePause++
    await clock.sleep(serviceMs)
    if (!isPaused || !isAsked) return answer()
    return failure(429, { "retry-after-ms": String(Math.max(0, pause.untilMs - clock.now())) })
  }
  return { provider, reached }
}

/** Keeps to the hint as well, but tells nobody: what the SDK does, twice. */
const eachForItself: Plugin = {
  name: "each-for-itself",
  setup: ({ clock }) => ({
    async call(request, next, context) {
      for (let repeat = 0; ; repeat++) {
        const answered = await next(request, context)
        if (answered.ok || repeat === 2) return answered
        await clock.sleep(answered.failure.retryAfterMs ?? serviceMs, context.signal)
      }
    },
  }),
}

interface Way {
  readonly label: string
  readonly use: readonly Plugin[]
  readonly hasBackup: boolean
  readonly reached?: (measured: number) => Cell
}

/** Those under way when the first is told, and those that come before it has got the answer. */
const underWay = 2 * perSecond * (serviceMs / 1_000)
const shared = { reached: (measured: number) => atMost(measured, underWay) } as const

const ways: readonly Way[] = [
  { label: "each call for itself", use: [eachForItself], hasBackup: false },
  { label: "retry", use: [retry()], hasBackup: false, ...shared },
  { label: "retry, router", use: [retry(), router()], hasBackup: false, ...shared },
  { label: "and a backup", use: [retry(), router()], hasBackup: true, ...shared },
]

const longestSeconds = (outcomes: readonly Outcome[]): number =>
  Math.max(...outcomes.map(({ latencyMs }) => latencyMs)) / 1_000

async function rowOf({ label, use, hasBackup, reached = plain }: Way): Promise<Row> {
  const limited = pausing()
  const numbers = new Map<Outcome, number>()
  const outcomes = await play({
    endpoints: {
      primary: { provider: limited.provider },
      ...(hasBackup && { backup: { provider: failing(0, 503, serviceMs) } }),
    },
    use,
    modelOf,
    load: async (stage, ask) =>
      openLoop({ perSecond, seconds })(stage, async (call) => {
        const outcome = await ask(call)
        numbers.set(outcome, call)
        return outcome
      }),
  })
  const of = (model: string): readonly Outcome[] =>
    outcomes.filter((outcome) => modelOf(numbers.get(outcome) ?? 0) === model)
  return {
    label,
    cells: [
      reached(limited.reached.inThePause),
      atLeast(answeredPercent(outcomes), 100),
      plain(longestSeconds(of(throttled))),
      atMost(longestSeconds(of("n")), (1.5 * serviceMs) / 1_000),
    ],
  }
}

/** Law 3: a hint is a gate, shared by all calls to its scope. */
export const sharedGate: Figure = {
  name: "shared-gate",
  title: `A key asks for 20 s without one of two models: ${perSecond} calls/s, half of them for it`,
  source: "requests that reach the key in the pause: those under way when it was told",
  columns: ["in the pause", "answered %", "longest s", "other model"],
  rows: () => inTurn(ways, rowOf),
}
