import type { Failure } from "./failure.ts"

/** Why a call or a branch was ended from outside, and the reason its signals are aborted with. */
export interface Stop {
  readonly failure: Failure
  readonly reason: unknown
}

/** Made once: a reason made per abort costs ten times the abort itself. */
export const abandoned = new DOMException("This exchange was given up.", "AbortError")

export const superseded: Stop = {
  failure: {
    class: "superseded",
    code: "superseded",
    message: "Another attempt of the same call answered first.",
  },
  reason: abandoned,
}

export function cancelled(reason: unknown = abandoned): Stop {
  return {
    failure: { class: "cancelled", code: "cancelled", message: "The caller cancelled the call." },
    reason,
  }
}

export const forgotten: Stop = {
  failure: {
    class: "cancelled",
    code: "answer-dropped",
    message: "The caller dropped the answer before it was read to its end.",
  },
  reason: abandoned,
}

export const badHint = (message: string): Stop => ({
  failure: { class: "caller-fault", code: "invalid-hint", message, status: 400 },
  reason: abandoned,
})

export function deadlinePassed(timeoutMs: number): Stop {
  return {
    failure: {
      class: "call-refused",
      code: "deadline-exceeded",
      message: `The call was not answered within its deadline of ${timeoutMs} ms.`,
    },
    reason: abandoned,
  }
}

export const closed: Stop = {
  failure: {
    class: "call-refused",
    code: "pipeline-closed",
    message: "The pipeline is closed: create another one, or close it after the last call.",
  },
  reason: abandoned,
}

export const isStop = (value: unknown): value is Stop =>
  typeof value === "object" && value !== null && "failure" in value
