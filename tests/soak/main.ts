import { systemClock } from "@bellwether/core"
import { askForManyModels } from "../metrics/flat-memory.ts"
import { abortCalls } from "./aborted-calls.ts"
import { pieceCount, readStreams } from "./concurrent-streams.ts"
import { usedBytes } from "./memory.ts"
import { soakGatewayOutage, soakGatewayReloads, soakGatewayShutdown, soakGatewayStreams } from "./gateway.ts"
import type { GatewayPlan, GatewayResult } from "./gateway.ts"
import { openFiles } from "./open-files.ts"
import { soakRouting } from "./routing.ts"

// Minutes of load on loopback. Nothing of it may be left (the long version of tests/leaks.test.ts), and no call lost
// while somebody is well. `npm run soak -- gateway` runs that part alone.

const calls = 10_000
const wantedStreams = 10_000
const leastRounds = 2
/** Memory is looked at when every stream has so many pieces. */
const sampledPieces = [2, pieceCount / 2, pieceCount - 1]
/** Files that are open for other reasons than a stream. */
const spareFiles = 500

/** A leak of one small object per call or stream would be more than this. */
const bytesPerCall = 64
/** A stream that kept any of what it has read would have to keep more between the first sample and the last. */
const bytesPerOpenStream = 256

let isClean = true

function report(what: string, left: Readonly<Record<string, unknown>>, isGood: boolean): void {
  console.log(`${isGood ? "ok  " : "BAD "} ${what}: ${JSON.stringify(left)}`)
  isClean &&= isGood
}

/** Whether memory has stopped growing: the first sample is taken when everything is warm. */
function reportMemory(what: string, samples: readonly number[], count: number, most = bytesPerCall): void {
  const [first = 0, last = 0] = [samples[0], samples.at(-1)]
  const perOne = Math.round((last - first) / count)
  const inMegabytes = samples.map((bytes) => Number((bytes / 1e6).toFixed(2)))
  report(`memory ${what}`, { megabytes: inMegabytes, bytesEach: perOne }, perOne < most)
}

async function soakAborts(): Promise<void> {
  const samples: number[] = []
  const { endings, ...left } = await abortCalls({
    calls,
    atOnce: 50,
    seed: 1,
    every: { calls: calls / 10, run: () => samples.push(usedBytes()) },
  })
  const isGood = endings["cancelled"] === calls && Object.values(left).every((count) => count === 0)
  report(`${calls} aborted calls`, { ...endings, ...left }, isGood)
  reportMemory("after aborted calls", samples.slice(2), calls * 0.7)
}

async function soakStreams(): Promise<void> {
  const streams = Math.min(wantedStreams, openFiles() - spareFiles)
  const rounds = Math.max(leastRounds, Math.ceil(wantedStreams / streams))
  const idle = [usedBytes()]
  const open: number[] = []
  const { endings, ...left } = await readStreams({
    streams,
    rounds,
    onPieces(count) {
      if (sampledPieces.includes(count)) open.push(usedBytes())
    },
    onRound: () => idle.push(usedBytes()),
  })
  const isGood = endings["whole"] === streams * rounds && Object.values(left).every((count) => count === 0)
  const kilobytesEach = Math.round((Math.max(...open) - (idle[0] ?? 0)) / streams / 1e3)
  const what = `${streams * rounds} streams, ${streams} at once`
  report(what, { ...endings, ...left, kilobytesEach }, isGood)
  for (let at = 0; at < open.length; at += sampledPieces.length)
    reportMemory("of open streams", open.slice(at, at + sampledPieces.length), streams, bytesPerOpenStream)
  reportMemory("after concurrent streams", idle.slice(1), streams * (rounds - 1))
}

/** What goes wrong comes and goes ten times in the minute. */
const routed = { calls: 12_000, perSecond: 200, troubles: 10, seed: 1 }

async function soakRoutes(): Promise<void> {
  for (const strategy of ["p2c", "least-busy"] as const) {
    const result = await soakRouting({ ...routed, strategy })
    const isGood =
      Object.keys(result.lost).length === 0 &&
      result.left === 0 &&
      result.toSickPercent < result.blindPercent / 4 &&
      result.recoveries > 0 &&
      result.firstSecondPercent < result.fairPercent &&
      result.mostTrialsAtOnce === 1
    report(`routing, ${strategy}`, { ...result }, isGood)
  }
}

/** A row for each model that callers name would be 30 MB. */
const mostBytesOfModels = 2_000_000

async function soakModels(): Promise<void> {
  const asked = { calls: 1_000_000, models: 10_000 }
  const left = await askForManyModels(asked)
  const isGood = left.calls === asked.calls && left.models === 51 && left.grownBytes < mostBytesOfModels
  report(`${asked.calls} calls for ${asked.models} models, counted`, { ...left }, isGood)
}

/** Compiled code and counts grow a little; a leak of one small object per call would be more. */
const mostBytesPerCall = 256
/** The log, and what Node opens by itself. */
const mostFiles = 2

async function soakGateway(): Promise<void> {
  const rows: Record<string, object> = {}
  async function part<Result extends GatewayResult>(
    what: string,
    soak: (plan: GatewayPlan) => Promise<Result>,
    plan: GatewayPlan,
    isGood: (result: Result) => boolean,
  ): Promise<void> {
    const result = await soak(plan)
    const { calls: made, callsPerSecond, endings, lost, ...more } = result
    rows[what] = { callers: plan.callers, calls: made, "calls/s": callsPerSecond, lost, ...endings }
    report(`gateway, ${what}`, { ...more, endings, lost }, lost === 0 && isGood(result))
  }
  await part(
    "streams",
    soakGatewayStreams,
    { callers: 1_000, turns: 6, tokensPerSecond: 8 },
    ({ heapBytesEach, socketsLeft, filesLeft }) =>
      heapBytesEach < mostBytesPerCall && socketsLeft === 0 && filesLeft <= mostFiles,
  )
  const plan = { callers: 400, turns: 8, tokensPerSecond: 8 }
  await part(
    "kill -9 of the primary",
    soakGatewayOutage,
    plan,
    ({ told, answersAfterwards }) => told <= plan.callers && answersAfterwards >= plan.callers,
  )
  await part("a reload each second", soakGatewayReloads, plan, ({ reloads }) => reloads > 5)
  await part("SIGTERM", soakGatewayShutdown, plan, ({ refused, exitCode }) => refused > 0 && exitCode === 0)
  console.table(rows)
}

const parts = {
  models: soakModels,
  aborts: soakAborts,
  streams: soakStreams,
  routes: soakRoutes,
  gateway: soakGateway,
}
const wanted = process.argv.slice(2)
for (const [name, soak] of Object.entries(parts))
  if (wanted.length === 0 || wanted.includes(name)) await soak()

const patienceMs = 30_000
const watch = systemClock.after(patienceMs, () => {
  report("the process does not end", { kept: process.getActiveResourcesInfo() }, false)
  process.exit(1)
})
process.once("beforeExit", () => {
  watch.cancel()
  report("the process ends by itself", {}, true)
  process.exitCode = isClean ? 0 : 1
})
