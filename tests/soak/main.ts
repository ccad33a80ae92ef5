import { systemClock } from "@bellwether/core"
import { abortCalls } from "./aborted-calls.ts"
import { readStreams } from "./concurrent-streams.ts"
import { usedBytes } from "./memory.ts"

// The long version of tests/leaks.test.ts: minutes of load on loopback, and nothing of it may be left.

const calls = 10_000
const streams = 2_000
const rounds = 5

/** A leak of one small object per call or stream would be more than this. */
const bytesPerCall = 64

let isClean = true

function report(what: string, left: Readonly<Record<string, unknown>>, isGood: boolean): void {
  console.log(`${isGood ? "ok  " : "LEAK"} ${what}: ${JSON.stringify(left)}`)
  isClean &&= isGood
}

/** Whether memory has stopped growing: the first sample is taken when everything is warm. */
function reportMemory(what: string, samples: readonly number[], count: number): void {
  const [first = 0, last = 0] = [samples[0], samples.at(-1)]
  const perOne = Math.round((last - first) / count)
  const inMegabytes = samples.map((bytes) => Number((bytes / 1e6).toFixed(2)))
  report(`memory after ${what}`, { megabytes: inMegabytes, bytesEach: perOne }, perOne < bytesPerCall)
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
  reportMemory("aborted calls", samples.slice(2), calls * 0.7)
}

async function soakStreams(): Promise<void> {
  const samples: number[] = []
  let peak = 0
  const { endings, ...left } = await readStreams({
    streams,
    rounds,
    onRound(state) {
      if (state === "over") samples.push(usedBytes())
      else peak = Math.max(peak, usedBytes())
    },
  })
  const isGood = endings["whole"] === streams * rounds && Object.values(left).every((count) => count === 0)
  const kilobytesEach = Math.round((peak - (samples[0] ?? 0)) / streams / 1e3)
  report(`${rounds} times ${streams} streams at once`, { ...endings, ...left, kilobytesEach }, isGood)
  reportMemory("concurrent streams", samples.slice(1), streams * (rounds - 2))
}

await soakAborts()
await soakStreams()

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
