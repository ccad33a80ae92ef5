// Runs the named checks, cached by turbo: `node scripts/test.ts lint unit`. The last line says how many tests
// passed and failed; any other check that failed counts as one.
import { existsSync, globSync, readFileSync, rmSync } from "node:fs"
import { countFile, type TestCount } from "./count-reporter.ts"
import { turbo } from "./turbo.ts"

const summaries = ".turbo/runs"
for (const stale of [summaries, countFile]) rmSync(stale, { recursive: true, force: true })

const exitCode = turbo(
  "run",
  "--continue",
  "--concurrency=100%",
  "--summarize=true",
  ...process.argv.slice(2),
)
const tests = countTests()
const failedChecks = failedTasks().filter((task) => task !== "//#unit" || tests.failed === 0).length
const failed = exitCode === 0 ? 0 : Math.max(1, tests.failed + failedChecks)

console.log(`\n${tests.passed} passed, ${failed} failed`)
process.exitCode = exitCode

function countTests(): TestCount {
  return existsSync(countFile)
    ? (JSON.parse(readFileSync(countFile, "utf8")) as TestCount)
    : { passed: 0, failed: 0 }
}

function failedTasks(): readonly string[] {
  interface Summary {
    readonly tasks: readonly { readonly taskId: string; readonly execution?: { readonly exitCode: number } }[]
  }
  return globSync(`${summaries}/*.json`)
    .flatMap((file) => (JSON.parse(readFileSync(file, "utf8")) as Summary).tasks)
    .filter((task) => task.execution !== undefined && task.execution.exitCode !== 0)
    .map((task) => task.taskId)
}
