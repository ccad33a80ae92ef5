import { bellwether } from "bellwether"
import type { BellwetherOptions } from "bellwether"
import { openLoop } from "../stage/load.ts"
import { play } from "../stage/play.ts"
import { measuresOf } from "./measure.ts"
import type { Measures, Span } from "./measure.ts"
import { limited, provider } from "./weather.ts"
import type { Fault, Trouble } from "./weather.ts"

/** One kind of outage of a primary that has a backup. */
export interface Scenario {
  readonly label: string
  /** How long it lasts. */
  readonly minutes: number
  /** What is wrong with the primary. */
  readonly fault: Fault
  /** Where and when in the outage it strikes. @default everywhere, all the time */
  readonly extent?: Omit<Trouble, "fault" | "fromMs" | "untilMs">
  /** Whether the backup fails alike. @default false */
  readonly strikesBackup?: boolean
  /** The share of the calls that the backup can take. @default 1 */
  readonly backupShare?: number
  /** Whether both share the load. @default false: the backup is for when the primary fails */
  readonly isOneTier?: boolean
  /** What is not as usual in the default stack. */
  readonly options?: Pick<BellwetherOptions, "resume" | "rateLimit">
  /** The share of the calls of the outage that somebody could answer. @default as the backup takes them */
  readonly answerable?: number
  /** The most attempts per call. @default 1.2, by law 4 */
  readonly mostLoad?: number
}

/** How much of it is played. */
export interface Scale {
  readonly callsPerSecond: number
  readonly minutesBefore: number
  /** With the outage and the time before it. */
  readonly minutes: number
}

function spanOf({ minutes }: Scenario, { minutesBefore }: Scale): Span {
  const fromMs = minutesBefore * 60_000
  return { fromMs, untilMs: fromMs + minutes * 60_000 }
}

/** Plays it; every other call asks for another model. */
export async function measured(scenario: Scenario, scale: Scale): Promise<Measures> {
  const { fault, extent, strikesBackup = false, backupShare, isOneTier = false, options } = scenario
  const { answerable = backupShare ?? (strikesBackup ? 0 : 1) } = scenario
  const span = spanOf(scenario, scale)
  const troubles = [{ ...span, ...extent, fault }]
  const backup = provider(strikesBackup ? troubles : [])
  const outcomes = await play({
    endpoints: {
      primary: { provider: provider(troubles), tier: 0, prefill: true },
      backup: {
        provider:
          backupShare === undefined ? backup : limited(backupShare * scale.callsPerSecond * 60, backup),
        tier: isOneTier ? 0 : 1,
        prefill: true,
      },
    },
    use: [],
    assemble: (usual) => bellwether({ ...usual, ...options }),
    stream: true,
    modelOf: (call) => (call % 2 === 0 ? "m" : "n"),
    deadlineMs: 600_000,
    load: openLoop({ perSecond: scale.callsPerSecond, seconds: scale.minutes * 60 }),
  })
  return measuresOf(outcomes, span, answerable)
}
