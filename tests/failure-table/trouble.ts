import type { FaultRule, HostileProvider, ProviderErrorName } from "@bellwether/testing"
import type { Question } from "../support/questions.ts"
import type { Consequences } from "./consequences.ts"

/** One way in which a provider can give a call what stands in a row of the failure table. */
export interface Trouble {
  readonly name: string
  readonly question: Question
  /** What the provider does. */
  readonly fault?: FaultRule
  /** Where the endpoint leads in truth, if not to its provider. */
  readonly baseURL?: (provider: HostileProvider) => string
  /**
   * What the caller is told where there is no error of the provider's to hand on: the status and code of ours.
   * Absent: the caller gets the provider's own error, unchanged.
   */
  readonly told?: { readonly status: number; readonly code: string }
  /** Where it has other consequences than its row. */
  readonly unlike?: Partial<Consequences>
}

/** What a trouble may have besides. */
export type More = Partial<Omit<Trouble, "name" | "fault">>

/** An error of the catalogue, in the words real providers use. */
export const error = (name: ProviderErrorName, more: More = {}): Trouble => ({
  name: more.question === undefined ? name : `${name} to ${more.question}`,
  question: "chat",
  fault: { kind: "error", error: name },
  ...more,
})

/** A status with a body of its own. */
export const status = (name: string, code: number, body: unknown, more: More = {}): Trouble => ({
  name,
  question: "chat",
  fault: { kind: "status", status: code, body },
  ...more,
})

/** Anything else the hostile provider can do. */
export const fault = (name: string, what: FaultRule, more: More = {}): Trouble => ({
  name,
  question: "chat",
  fault: what,
  ...more,
})

/** An endpoint whose address leads nowhere good. */
export const address = (
  name: string,
  baseURL: (provider: HostileProvider) => string,
  more: More = {},
): Trouble => ({ name, question: "chat", baseURL, ...more })
