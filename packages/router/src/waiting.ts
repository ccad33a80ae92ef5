import { jittered } from "@bellwether/backoff"
import type { Call, Context, Place, Services, Target } from "@bellwether/core"
import { CallWaited } from "./events.ts"

type WaitServices = Pick<Services, "clock" | "board" | "random" | "emit">

/**
 * Waits until so much time has passed, the board has changed, or a turn is decided: then it is told which way.
 *
 * @throws the signal's reason, as soon as it aborts
 */
async function news(
  { clock, board }: WaitServices,
  signal: AbortSignal,
  ms: number,
  turn?: Promise<boolean>,
): Promise<boolean | undefined> {
  const awake = new AbortController()
  const either = AbortSignal.any([signal, awake.signal])
  const changes = [clock.sleep(ms, either), board.changed(either)].map((change) =>
    change.then(() => undefined),
  )
  try {
    return await Promise.race(turn === undefined ? changes : [turn, ...changes])
  } finally {
    awake.abort("awake")
  }
}

function tell(call: Call, reason: string, startedAtMs: number, { clock, emit }: WaitServices): void {
  const waitMs = Math.round(clock.now() - startedAtMs)
  call.note({ step: "waited", reason, waitMs })
  emit(CallWaited, { call, waitMs })
}

/** Waits until a time with jitter, but no longer than to the latest; or until the board has changed. */
export async function waitUntil(
  { untilMs, latestMs }: { readonly untilMs: number; readonly latestMs: number },
  { call, signal }: Context,
  services: WaitServices,
): Promise<void> {
  const { clock, random } = services
  const startedAtMs = clock.now()
  await news(services, signal, Math.min(jittered(untilMs - startedAtMs, random), latestMs - startedAtMs))
  tell(call, "no target was available", startedAtMs, services)
}

/** Where else a call could go that stands in line. */
export interface Elsewhere {
  /** When to look again, in monotonic milliseconds; sooner if the board changes. */
  backAtMs(): number
  isAvailable(): boolean
}

const nowhere: Elsewhere = { backAtMs: () => Infinity, isAvailable: () => false }

/** Somebody awaits a turn, so the process lives on meanwhile; how often does not matter. */
const longestNapMs = 60_000

/** Waits in line: `true` when the turn has come, `false` when it never will, `undefined` when it need not. */
export async function waitInLine(
  place: Place,
  target: Target,
  { call, signal }: Context,
  services: WaitServices,
  elsewhere: Elsewhere = nowhere,
): Promise<boolean | undefined> {
  const { clock, random } = services
  const startedAtMs = clock.now()
  let turn: boolean | undefined
  do {
    const napMs = Math.min(longestNapMs, jittered(elsewhere.backAtMs() - clock.now(), random))
    turn = await news(services, signal, napMs, place.turn)
  } while (turn === undefined && !elsewhere.isAvailable())
  if (clock.now() > startedAtMs) tell(call, `stood in line for ${target.id}`, startedAtMs, services)
  return turn
}
