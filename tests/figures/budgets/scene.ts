import type { Random } from "@bellwether/core"
import type { BudgetLimit, BudgetOptions } from "@bellwether/quota"
import { seededRandom } from "@bellwether/testing"
import { answer, stageOf } from "../../../packages/quota/test/stage.ts"
import { streamedAnswer } from "../stage/speech.ts"

export type Period = BudgetOptions["per"]

/** What a call sets aside: 40 tokens it asks, and as many as it may be answered. */
const asked = 40
const maxTokens = 460
const price = { input: 2, output: 8 }
const reservation = {
  requests: 1,
  tokens: asked + maxTokens,
  usd: (asked * price.input + maxTokens * price.output) / 1e6,
} as const

export type Unit = keyof typeof reservation

/** What of a reservation is certain once the call is under way: its request. */
export const requestShare: Readonly<Record<Unit, number>> = {
  requests: 1,
  tokens: asked / reservation.tokens,
  usd: (asked * price.input) / 1e6 / reservation.usd,
}

/** How a caller fares: reads its answer, gives up at some moment, never reads the stream, or is never answered. */
export type Fate = "reads" | "gives up" | "never reads" | "is never answered"

/** Callers of a provider that takes up to five seconds, under a budget that so many reservations fit. */
export interface Scene {
  /** So many callers at once, for a quarter of a minute. @returns how many were let in */
  wave(callers: number, fateOf?: (caller: number) => Fate): Promise<number>
  advance(ms: number): Promise<void>
  close(): Promise<void>
  /** All that is used and set aside, and what is set aside, in reservations. */
  state(): { readonly used: number; readonly reserved: number }
  /** The most that was ever used and set aside, in reservations. */
  most(): number
}

export function sceneOf(unit: Unit, per: Period, fitting: number): Scene {
  const chance = seededRandom("budgets")
  const size = reservation[unit]
  /** What nobody holds is given up with the garbage, at no time that could be told. */
  const unread: Response[] = []
  let most = 0
  const stage = stageOf({
    budgets: [{ limit: { [unit]: fitting * size } as unknown as BudgetLimit, per }],
    endpoints: [{ price }],
    async serve({ model }, signal) {
      most = Math.max(most, state().used)
      await stage.clock.sleep(model === "silent" ? 86_400_000 : 500 + 4_500 * chance.next(), signal)
      if (model === "streamed") return streamedAnswer()
      const said = Math.ceil(maxTokens * (0.2 + 0.8 * chance.next()))
      return answer({ prompt_tokens: asked, completion_tokens: said })
    },
  })
  const { clock, pipeline, quota, seen } = stage

  function state(): { readonly used: number; readonly reserved: number } {
    const [budget = { used: 0, reserved: 0 }] = quota.snapshot().budgets
    return { used: budget.used / size, reserved: budget.reserved / size }
  }

  async function call(fate: Fate, luck: Random): Promise<void> {
    const controller = new AbortController()
    if (fate === "gives up") clock.after(5_000 * luck.next(), () => controller.abort())
    const model = fate === "is never answered" ? "silent" : fate === "never reads" ? "streamed" : "m"
    const stream = fate === "never reads"
    const result = await stage.begin({ maxTokens, model, stream, signal: controller.signal })
    if (!result.ok) return
    if (fate === "never reads") unread.push(result.response)
    else await result.response.text().catch(() => "")
  }

  return {
    async wave(callers, fateOf = () => "reads") {
      const before = seen.length
      for (let caller = 0; caller < callers; caller++) void call(fateOf(caller), chance.stream(caller))
      await clock.advance(15_000)
      return seen.length - before
    },
    advance: (ms) => clock.advance(ms),
    async close() {
      unread.length = 0
      await pipeline.close()
    },
    state,
    most: () => most,
  }
}
