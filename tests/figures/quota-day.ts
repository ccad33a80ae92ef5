import { createPipeline } from "@bellwether/core"
import type { Pipeline, PipelineOptions, Plugin } from "@bellwether/core"
import { quota, QuotaExhausted, QuotaLow } from "@bellwether/quota"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { about, atMost, inTurn, near, plain } from "./figure.ts"
import type { Cell, Figure, Row } from "./figure.ts"
import type { Load } from "./stage/load.ts"
import type { Outcome } from "./stage/outcome.ts"
import { play } from "./stage/play.ts"
import { answer } from "./stage/provider.ts"
import type { Provider } from "./stage/provider.ts"

const hourMs = 3_600_000
const gapMs = 30_000
/** The day, and the night after it. */
const hours = 26
/** What is used until three in the afternoon. */
const dailyLimit = (15 * hourMs) / gapMs

/** A call every so often, all day long. */
const steadily: Load = async ({ clock }, ask) => {
  const asked: Promise<Outcome>[] = []
  for (let call = 0; call < (hours * hourMs) / gapMs; call++) {
    asked.push(ask(call))
    await clock.sleep(gapMs)
  }
  return Promise.all(asked)
}

/** A provider with a quota of so many calls a day, UTC, that tells what is left. */
function rationed() {
  const account = { day: 0, used: 0, refused: 0 }
  const provider: Provider = ({ clock, request }) => {
    const day = Math.floor(clock.date() / (24 * hourMs))
    if (day !== account.day) Object.assign(account, { day, used: 0 })
    if (request.path.endsWith("/usage"))
      return Response.json({ daily_limit: dailyLimit, daily_used: account.used })
    if (account.used < dailyLimit) {
      account.used++
      return answer()
    }
    account.refused++
    const error = { code: "insufficient_quota", message: "You exceeded your current quota." }
    return Response.json({ error }, { status: 429 })
  }
  return { provider, account }
}

interface Way {
  readonly label: string
  readonly use: readonly Plugin[]
  readonly hasBackup: boolean
  readonly expected?: {
    readonly low: (hour: number) => Cell
    readonly exhausted: (hour: number) => Cell
    readonly lost: (calls: number) => Cell
    readonly refused: (calls: number) => Cell
    readonly back: (minutes: number) => Cell
  }
}

/** A usage poll is at most so late, and a call. */
const withinHours = 102 / 3_600

const anything: Required<Way>["expected"] = {
  low: plain,
  exhausted: plain,
  lost: plain,
  refused: plain,
  back: plain,
}
const nothingLost = { ...anything, lost: (calls: number) => near(calls, 0, 0) }

const ways: readonly Way[] = [
  { label: "alone", use: [retry(), router()], hasBackup: false },
  { label: "retry, router", use: [retry(), router()], hasBackup: true, expected: nothingLost },
  {
    label: "and quota",
    use: [quota({ usage: { primary: "daily" } }), retry(), router()],
    hasBackup: true,
    expected: {
      ...nothingLost,
      low: (hour) => near(hour, 0.8 * 15, withinHours),
      exhausted: (hour) => near(hour, 15, withinHours),
      // Those that come before the poll that tells.
      refused: (calls) => atMost(calls, 2),
      back: (minutes) => near(minutes, 0, 2),
    },
  },
]

/** When the primary serves again, in minutes after midnight. */
function backMinutes(outcomes: readonly Outcome[]): number {
  const first = outcomes.find(
    ({ atMs, isAnswered, attempts }) => atMs >= 24 * hourMs && isAnswered && attempts.at(-1) === "primary",
  )
  return first === undefined ? Infinity : (first.atMs - 24 * hourMs) / 60_000
}

async function rowOf({ label, use, hasBackup, expected = anything }: Way): Promise<Row> {
  const primary = rationed()
  const told = { low: Number.NaN, exhausted: Number.NaN }
  function assemble(options: PipelineOptions): Pipeline {
    const pipeline = createPipeline(options)
    const hour = (): number => (options.clock?.now() ?? 0) / hourMs
    pipeline.on(QuotaLow, () => (told.low = hour()))
    pipeline.on(QuotaExhausted, () => (told.exhausted = hour()))
    return pipeline
  }
  const outcomes = await play({
    endpoints: {
      primary: { provider: primary.provider },
      ...(hasBackup && { backup: { provider: () => answer() } }),
    },
    use,
    assemble,
    load: steadily,
  })
  const today = outcomes.filter(({ atMs }) => atMs < 24 * hourMs)
  const moved = today.filter(({ isAnswered, attempts }) => isAnswered && attempts.at(-1) === "backup")
  return {
    label,
    cells: [
      expected.low(told.low),
      expected.exhausted(told.exhausted),
      expected.lost(outcomes.filter(({ isAnswered }) => !isAnswered).length),
      expected.refused(primary.account.refused),
      hasBackup ? about((100 * moved.length) / today.length, 37.5, 0.01) : plain(0),
      expected.back(backMinutes(outcomes)),
    ],
  }
}

/** One of the article's incident stories: the daily quota is used up at three in the afternoon. */
export const quotaDay: Figure = {
  name: "quota-day",
  title: "A daily quota that is used up at 3 pm: a call every 30 s, until the next morning",
  source: "low: the hour of a fifth left; moved: % of the day's calls; back: minutes after midnight",
  columns: ["low", "used up", "lost", "refused", "moved", "back"],
  rows: () => inTurn(ways, rowOf),
}
