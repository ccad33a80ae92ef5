import { once } from "node:events"
import { systemClock } from "@bellwether/core"
import { callGateway } from "./gateway-load.ts"
import type { Ended, Tally } from "./gateway-load.ts"
import { setUpGateway } from "./gateway-stage.ts"
import type { GatewayStage } from "./gateway-stage.ts"
import { processSize } from "./process-size.ts"

/** How much is asked of a gateway. */
export interface GatewayPlan {
  /** Callers at once. */
  readonly callers: number
  /** How many calls each of them makes, about. */
  readonly turns: number
  /** How fast the providers talk: their answers have five to eleven pieces. */
  readonly tokensPerSecond: number
}

/** What came of it. */
export interface GatewayResult extends Tally {
  /** Calls that should have been answered, and were not, or not as they should. */
  readonly lost: number
}

/** Longer than idle connections are kept. */
const patienceMs = 20_000
const lookEveryMs = 100
/** What takes longer has arrived at the gateway. */
const arrivalMs = 200

const countBut = (tally: Tally, ...fine: readonly string[]): number =>
  Object.entries(tally.endings).reduce((sum, [ending, count]) => sum + (fine.includes(ending) ? 0 : count), 0)

/** What streams leave behind. */
export interface StreamsResult extends GatewayResult {
  /** Memory of the gateway, whenever each caller had one more turn; empty where the system does not tell. */
  readonly residentMegabytes: readonly number[]
  /** Memory that is still in use for each call that is over. */
  readonly heapBytesEach: number
  /** Connections that nobody needs any more. */
  readonly socketsLeft: number
  readonly filesLeft: number
}

/** Streams, and nothing but streams. */
export async function soakGatewayStreams(plan: GatewayPlan): Promise<StreamsResult> {
  const { callers, turns, tokensPerSecond } = plan
  await using stage = await setUpGateway(tokensPerSecond)
  const { pid } = stage.running.child
  const before = await processSize(pid)
  const sizes: ReturnType<typeof processSize>[] = []
  const load = (turns: number): Promise<Tally> =>
    callGateway({
      baseURL: stage.baseURL,
      callers,
      goesOn: (begun) => begun < callers * turns,
      onEnd: (number) => void (number % callers === 0 && sizes.push(processSize(pid))),
    })
  const settle = async (): Promise<{ socketsLeft: number; heapBytes: number }> => ({
    socketsLeft: await untilNone(() => stage.primary.openSockets()),
    heapBytes: await stage.heapBytes(),
  })
  const warm = await load(1)
  const settled = await settle()
  const tally = await load(turns)
  const { socketsLeft, heapBytes } = await settle()
  const after = await processSize(pid)
  const seen = (await Promise.all(sizes)).flatMap((size) => (size === undefined ? [] : [size.residentBytes]))
  return {
    ...tally,
    lost: countBut(warm, "whole") + countBut(tally, "whole"),
    residentMegabytes: seen.map((bytes) => Math.round(bytes / 1e6)),
    heapBytesEach: Math.round((heapBytes - settled.heapBytes) / tally.calls),
    socketsLeft,
    filesLeft: (after?.files ?? 0) - (before?.files ?? 0),
  }
}

/** Looks until there is none left, or patience is over. @returns how many there are */
async function untilNone(count: () => Promise<number>): Promise<number> {
  let left = await count()
  for (let waitedMs = 0; left > 0 && waitedMs < patienceMs; waitedMs += lookEveryMs) {
    await systemClock.sleep(lookEveryMs)
    left = await count()
  }
  return left
}

/** What the death of a provider leads to. */
export interface OutageResult extends GatewayResult {
  /** Streams that had begun, and were told of their end. */
  readonly told: number
  /** Answers of the provider after it had come back. */
  readonly answersAfterwards: number
}

/** The primary dies by `kill -9` in the midst of it all, and comes back. Half of the calls stream. */
export async function soakGatewayOutage({
  callers,
  turns,
  tokensPerSecond,
}: GatewayPlan): Promise<OutageResult> {
  await using stage = await setUpGateway(tokensPerSecond)
  let isBack = false
  let answersAfterwards = 0
  let reviving: Promise<void> | undefined
  const tally = await callGateway({
    baseURL: stage.baseURL,
    callers,
    streams: (number) => number % 2 === 0,
    // A circuit is closed again when it has been tried.
    goesOn: (begun) =>
      begun < callers * turns || (answersAfterwards < callers && begun < callers * turns * 10),
    onEnd(number, { endpoint }) {
      if (number === callers) void stage.primary.kill()
      if (number === callers * 3) reviving = stage.primary.revive().then(() => void (isBack = true))
      if (isBack && endpoint === "primary") answersAfterwards += 1
    },
  })
  await reviving
  return {
    ...tally,
    lost: countBut(tally, "whole", "told"),
    told: tally.endings["told"] ?? 0,
    answersAfterwards,
  }
}

/** What reloads lead to. */
export interface ReloadsResult extends GatewayResult {
  readonly reloads: number
}

/** Another config each second: another key of the endpoint in use, the endpoint gone, and there again. */
export async function soakGatewayReloads({
  callers,
  turns,
  tokensPerSecond,
}: GatewayPlan): Promise<ReloadsResult> {
  await using stage = await setUpGateway(tokensPerSecond)
  const over = new AbortController()
  const load = callGateway({
    baseURL: stage.baseURL,
    callers,
    streams: (number) => number % 2 === 0,
    goesOn: (begun) => begun < callers * turns,
  })
  const [tally, reloads] = await Promise.all([
    load.finally(() => over.abort()),
    keepReloading(stage, over.signal),
  ])
  return { ...tally, lost: countBut(tally, "whole"), reloads }
}

async function keepReloading(
  { place, running, configs }: GatewayStage,
  signal: AbortSignal,
): Promise<number> {
  for (let count = 1; !signal.aborted; count++) {
    await place.write(configs[count % configs.length] ?? {})
    running.child.kill("SIGHUP")
    await running.said("config-taken")
    await systemClock.sleep(1_000, signal).catch(() => {})
  }
  return running.output.filter((line) => line.includes('"config-taken"')).length
}

/** What the end of a gateway leads to. */
export interface ShutdownResult extends GatewayResult {
  /** Calls that came too late, and were told so or found nobody. */
  readonly refused: number
  readonly exitCode: unknown
}

/** SIGTERM: those who came before are answered, those who come later are told so. */
export async function soakGatewayShutdown({
  callers,
  turns,
  tokensPerSecond,
}: GatewayPlan): Promise<ShutdownResult> {
  await using stage = await setUpGateway(tokensPerSecond)
  const { child } = stage.running
  const ended = once(child, "exit")
  let begunBefore = Infinity
  let lost = 0
  let begun = 0
  const stop = async (): Promise<void> => {
    begunBefore = begun
    // What has just begun may not have arrived yet.
    await systemClock.sleep(arrivalMs)
    child.kill("SIGTERM")
  }
  const tally = await callGateway({
    baseURL: stage.baseURL,
    callers,
    goesOn: (count) => (begun = count) < callers * turns,
    onEnd(number, { ending }) {
      if (number === callers) void stop()
      if (ending !== "whole" && (number <= begunBefore || !isRefusal(ending))) lost += 1
    },
  })
  const [exitCode] = await ended
  return { ...tally, lost, refused: countBut(tally, "whole"), exitCode }
}

/** What clients try again by themselves. */
const isRefusal = (ending: Ended["ending"]): boolean =>
  ending === "503 gateway-closing" || ending === "no connection"
