import { expect, test } from "vitest"
import { metrics } from "./index.ts"
import type { MetricsOptions } from "./index.ts"

test.each<[MetricsOptions, string]>([
  [{ models: [] }, "metrics.models must have at least 1 entry"],
  [{ models: [" "] }, "metrics.models[0] must be a text"],
  [{ models: ["gpt-4o", "(other)"] }, 'metrics.models has "(other)", which is a row of its own'],
  [{ maxModels: 0 }, "metrics.maxModels must be a whole number of at least 1"],
  [{ models: ["gpt-4o"], maxModels: 3 }, "metrics.maxModels does nothing beside metrics.models"],
  [{ labels: { "pipe-line": "a" } }, "metrics.labels.pipe-line is no name for a label"],
  [{ labels: { __name__: "a" } }, "metrics.labels.__name__ is no name for a label"],
  [{ labels: { model: "a" } }, "metrics.labels.model is a label of the metrics themselves"],
  [{ labels: { team: 7 as never } }, "metrics.labels.team must be a text"],
  [{ label: {} } as never, "metrics.label is not an option"],
])("%j is refused", (options, sentence) => {
  expect(() => metrics(options)).toThrow(sentence)
})
