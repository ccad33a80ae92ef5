import type { ActionName } from "../../src/status/action.ts"
import type { Availability, CircuitState, HealthStatus } from "../../src/status/endpoint-status.ts"
import type { Status } from "../../src/status/status.ts"

/** Every word of the page that is its own; what the gateway says in words stays as it says it. */
export interface Texts {
  readonly language: string
  readonly title: string
  readonly connecting: string
  readonly live: string
  readonly lost: string
  readonly theme: Readonly<Record<"system" | "light" | "dark", string>>
  readonly themeLabel: string
  readonly languageLabel: string
  /** How things are, in one sentence. */
  readonly overall: {
    readonly good: string
    readonly closing: string
    readonly none: string
    readonly some: (ids: string) => string
    readonly limping: (ids: string) => string
  }
  readonly demo: string
  readonly configError: string
  readonly restartFor: (options: string) => string
  readonly sections: Readonly<
    Record<
      "recent" | "endpoints" | "course" | "failures" | "quotas" | "callers" | "cost" | "troubles",
      string
    >
  >
  readonly figures: Readonly<
    Record<
      | "calls"
      | "answered"
      | "duration"
      | "firstContent"
      | "inFlight"
      | "failovers"
      | "retries"
      | "hedges"
      | "resumes"
      | "openings"
      | "tokens"
      | "attempts"
      | "failed",
      string
    >
  >
  readonly lastFiveMinutes: string
  readonly sinceStart: (time: string) => string
  readonly availability: Readonly<Record<Availability, string>>
  readonly health: Readonly<Record<HealthStatus["state"], string>>
  readonly circuit: Readonly<Record<CircuitState, string>>
  readonly probe: Readonly<Record<NonNullable<HealthStatus["lastProbe"]>["outcome"], string>>
  readonly labels: Readonly<
    Record<
      | "health"
      | "circuit"
      | "probe"
      | "tier"
      | "spent"
      | "gate"
      | "park"
      | "model"
      | "anyModel"
      | "perStep"
      | "median"
      | "p95"
      | "time"
      | "asTable"
      | "budget"
      | "left"
      | "used"
      | "caller"
      | "concurrency"
      | "served"
      | "steps"
      | "none"
      | "wasted"
      | "saved"
      | "perMonth"
      | "unknownCost"
      | "unlimited"
      | "allModels"
      | "provider",
      string
    >
  >
  readonly ago: (duration: string) => string
  readonly again: (duration: string) => string
  readonly resets: (duration: string) => string
  readonly call: Readonly<Record<Status["troubles"][number]["state"], string>>
  readonly allTroubles: (count: number) => string
  readonly fewTroubles: string
  readonly noTroubles: string
  readonly actions: Readonly<Record<ActionName, string>>
  readonly actionsOf: (target: string) => string
  readonly sure: Readonly<Record<ActionName, (target: string) => string>>
  readonly actionsOff: string
  readonly logIn: string
  readonly token: string
  readonly logInToRead: string
  readonly notReadable: string
  readonly yes: string
  readonly no: string
}
