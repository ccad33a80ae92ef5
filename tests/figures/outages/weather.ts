import type { Distribution } from "../stage/distribution.ts"
import { logNormally } from "../stage/distribution.ts"
import { failure } from "../stage/provider.ts"
import type { Provider, Visit } from "../stage/provider.ts"
import { spoken } from "../stage/speech.ts"

/** What can be wrong with an answer. */
export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly retryAfterSeconds?: number }
  /** No answer, ever. */
  | { readonly kind: "silence" }
  /** The answer begins so much later. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The stream ends somewhere, as if nothing were amiss. */
  | { readonly kind: "cut" }
  /** Pieces come so many times slower. */
  | { readonly kind: "slow"; readonly factor: number }

/** A fault, and when it strikes. */
export interface Trouble {
  readonly fault: Fault
  readonly fromMs: number
  readonly untilMs: number
  /** The share of the visits it strikes. @default 1 */
  readonly share?: number
  /** Only this model. @default all */
  readonly model?: string
  /** Within the times, works so long and then fails so long, and so on. @default fails all the time */
  readonly flapMs?: number
  /** Whether `/models` answers meanwhile. @default false */
  readonly sparesModels?: boolean
}

const firstContentMs: Distribution = logNormally(600, 0.35)
/** The answers of the Azure trace of conversations of 2023, fitted. */
const tokens: Distribution = logNormally(151, 0.86)
const mostTokens = 2_000
const tokensPerSecond = 40
const tokensPerSheep = 10
const sheepAtOnce = 4
const refusalMs = 100

/** A provider that does well but for its troubles. */
export const provider =
  (troubles: readonly Trouble[]): Provider =>
  async (visit) => {
    const luck = visit.chance.next()
    const beginMs = firstContentMs(visit.chance)
    const sheep = Math.ceil(Math.min(tokens(visit.chance), mostTokens) / tokensPerSheep)
    const cutAfter = Math.floor(visit.chance.next() * sheep)
    const { clock, request } = visit
    const fault = troubles.find((trouble) => isStruck(visit, trouble, luck))?.fault
    if (fault?.kind === "silence") return silence(request.signal)
    if (fault?.kind === "status") {
      await clock.sleep(refusalMs, request.signal)
      const { status, retryAfterSeconds: seconds } = fault
      return failure(status, seconds === undefined ? {} : { "retry-after": String(seconds) })
    }
    if (fault?.kind === "delay") await clock.sleep(fault.ms, request.signal)
    await clock.sleep(beginMs, request.signal)
    if (isAboutModels(visit)) return models()
    const pauseMs = ((tokensPerSheep * sheepAtOnce) / tokensPerSecond) * 1_000
    return spoken(
      {
        sheep,
        atOnce: sheepAtOnce,
        pauseMs: fault?.kind === "slow" ? fault.factor * pauseMs : pauseMs,
        ...(fault?.kind === "cut" && { cutAfter }),
      },
      visit,
    )
  }

const isAboutModels = ({ request }: Visit): boolean => request.path.endsWith("/models")

const models = (): Response => Response.json({ object: "list", data: [{ id: "m", object: "model" }] })

function isStruck(visit: Visit, trouble: Trouble, luck: number): boolean {
  const { fromMs, untilMs, share = 1, model, flapMs, sparesModels = false } = trouble
  const sinceMs = visit.clock.now() - fromMs
  if (sinceMs < 0 || sinceMs >= untilMs - fromMs || luck >= share) return false
  if (flapMs !== undefined && Math.floor(sinceMs / flapMs) % 2 === 0) return false
  if (isAboutModels(visit)) return !sparesModels && model === undefined
  return model === undefined || visit.request.body?.includes(`"model":"${model}"`) === true
}

const silence = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  })

/** The same provider for so many requests a minute, and a 429 for the others. */
export function limited(perMinute: number, unlimited: Provider): Provider {
  let permits = perMinute
  let filledMs = 0
  return async (visit) => {
    const nowMs = visit.clock.now()
    permits = Math.min(perMinute, permits + ((nowMs - filledMs) / 60_000) * perMinute)
    filledMs = nowMs
    if (permits < 1) {
      const seconds = Math.ceil(((1 - permits) / perMinute) * 60)
      await visit.clock.sleep(refusalMs, visit.request.signal)
      return failure(429, { "retry-after": String(seconds) })
    }
    permits -= 1
    return unlimited(visit)
  }
}
