import type { TrailEntry } from "@bellwether/core"
import type { TrailStep } from "./status.ts"

/** A line of a trail, in words. */
export const trailStep = (entry: TrailEntry): TrailStep => ({
  afterMs: Math.round(entry.atMs),
  step: entry.step,
  target: "target" in entry ? entry.target : null,
  words: inWords(entry),
})

const kinds: Readonly<Record<string, string>> = {
  repeat: " once more",
  hedge: " as well, for the first is late",
  panic: ", although it is known to be unavailable",
  resume: " to go on where the stream was cut",
}

function inWords(entry: TrailEntry): string {
  switch (entry.step) {
    case "target-skipped":
      return `${entry.target} was passed over: ${entry.reason}`
    case "target-refused":
      return `${entry.target} was refused: ${entry.reason}`
    case "attempt-started":
      return `${entry.target} was asked${kinds[entry.kind] ?? ""}`
    case "attempt-committed":
      return `${entry.target} began to answer`
    case "attempt-succeeded":
      return `${entry.target} answered to the end`
    case "attempt-failed":
      return `${entry.target} failed: ${causeOf(entry)}`
    case "model-changed":
      return `${entry.model} is asked for instead: ${entry.reason}`
    case "waited":
      return `waited ${(entry.waitMs / 1_000).toFixed(1)} s: ${entry.reason}`
    default:
      return (entry as TrailEntry).step
  }
}

const causeOf = (entry: Extract<TrailEntry, { step: "attempt-failed" }>): string =>
  entry.status === undefined ? entry.code : `${entry.code} (HTTP ${entry.status})`
