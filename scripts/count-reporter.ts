import { mkdirSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import type { Reporter, TestModule } from "vitest/node"

/** Where the counts of the last test run are kept; turbo caches the file with the run. */
export const countFile = "reports/tests.json"

/** What the count file holds. */
export interface TestCount {
  readonly passed: number
  readonly failed: number
}

/** A vitest reporter that writes how many tests passed and failed. A file that does not load has failed. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const inState = (state: string): number => tests.filter((test) => test.result().state === state).length
    const broken = modules.flatMap((module) => module.errors()).length + unhandledErrors.length
    const count: TestCount = { passed: inState("passed"), failed: inState("failed") + broken }
    mkdirSync(dirname(countFile), { recursive: true })
    writeFileSync(countFile, JSON.stringify(count) + "\n")
  }
}
