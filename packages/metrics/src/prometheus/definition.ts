import type { Histogram } from "@bellwether/histogram"
import type { Outcomes } from "../outcomes.ts"
import type { MetricFamily, MetricSample } from "./family.ts"
import { histogram } from "./histogram.ts"
import type { Scale } from "./histogram.ts"

/** Names and their values. */
export type Labels = Readonly<Record<string, string>>

/** What is told of one thing: a model, a target, or a model on a target. */
export interface Row {
  readonly labels: Labels
}

/** A metric, and where its numbers come from. */
export interface Definition<R extends Row> extends Omit<MetricFamily, "samples"> {
  samples(row: R): readonly MetricSample[]
}

/** A number; several, by one more label; or nothing to tell. */
type Reading = number | readonly (readonly [Labels, number])[] | undefined

function samplesOf(labels: Labels, reading: Reading): readonly MetricSample[] {
  if (reading === undefined) return []
  if (typeof reading === "number") return [{ labels, value: reading }]
  return reading.map(([more, value]) => ({ labels: { ...labels, ...more }, value }))
}

/** What only grows. */
export const counter = <R extends Row>(
  name: string,
  help: string,
  read: (row: R) => Reading,
): Definition<R> => ({
  name,
  type: "counter",
  help,
  samples: (row) => samplesOf(row.labels, read(row)),
})

/** What is now. */
export const gauge = <R extends Row>(
  name: string,
  help: string,
  read: (row: R) => Reading,
): Definition<R> => ({
  ...counter(name, help, read),
  type: "gauge",
})

/** How something is spread. */
export const spread = <R extends Row>(
  name: string,
  help: string,
  scale: Scale,
  read: (row: R) => Histogram,
): Definition<R> => ({
  name,
  type: "histogram",
  help,
  samples: (row) => histogram(read(row), row.labels, scale),
})

/** The metrics with the numbers of all rows. */
export const familiesOf = <R extends Row>(
  definitions: readonly Definition<R>[],
  rows: readonly R[],
): readonly MetricFamily[] =>
  definitions.map(({ samples, ...family }) => ({ ...family, samples: rows.flatMap(samples) }))

/** Counts by their name. */
export const by = (label: string, counts: Iterable<readonly [string, number]>): Reading =>
  [...counts].map(([name, count]) => [{ [label]: name }, count])

/** 1 for the one word that is true now, 0 for the others. */
export const oneOf = <Word extends string>(
  label: string,
  words: readonly Word[],
  word: Word | undefined,
): Reading =>
  word === undefined ? undefined : words.map((each) => [{ [label]: each }, each === word ? 1 : 0])

/** Endings by what they were: `success`, or the class of the failure. */
export const byOutcome = ({ successful, failures }: Outcomes): Reading =>
  by("outcome", [["success", successful], ...failures.entries()])
