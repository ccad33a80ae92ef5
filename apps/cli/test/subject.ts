import type { BellwetherOptions } from "bellwether"
import type { GatewayOptions } from "@bellwether/config"
import { planOf } from "../src/plan/plan.ts"
import type { Plan } from "../src/plan/plan.ts"

export const primary = { id: "primary", baseURL: "https://primary.example/v1", key: "sk-1" }
export const backup = { id: "backup", baseURL: "https://backup.example/v1", key: "sk-2" }

export const question = { model: "gpt-4o", inputTokens: 1_000, outputTokens: 1_000 }

/** What a test wants otherwise than two endpoints with a key each. */
export interface PlanGiven {
  readonly options?: Partial<BellwetherOptions>
  readonly gateway?: GatewayOptions
  readonly question?: Partial<typeof question>
  readonly callsPerMinute?: number
}

export const planned = ({
  options,
  gateway = {},
  question: asked,
  callsPerMinute,
}: PlanGiven): Promise<Plan> =>
  planOf(
    { options: { endpoints: [primary, backup], ...options }, gateway },
    { ...question, ...asked },
    callsPerMinute,
  )
