import type { FailureClass } from "@bellwether/wire"

const gateReasons: { readonly [Cause in FailureClass]?: string } = {
  "rate-limited": "too many requests: the provider asked to wait",
  overloaded: "overloaded: the provider asked to wait",
}

const parkReasons: { readonly [Cause in FailureClass]?: string } = {
  credential: "the provider refuses the key: check it in the provider's console",
  forbidden: "the provider forbade several calls in a row: check what the key and this region may use",
  "quota-exhausted": "the quota or balance of the key is used up: top up, or wait for the reset",
  "model-missing": "the provider does not have this model",
}

/** Why a gate is closed, for people. */
export const gateReason = (cause: FailureClass): string => gateReasons[cause] ?? "the provider asked to wait"

/** Why a scope is parked, for people. */
export const parkReason = (cause: FailureClass): string =>
  parkReasons[cause] ?? "the provider refuses to serve it"
