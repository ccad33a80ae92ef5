import { startHostileProvider } from "@bellwether/testing"
import { describe, expect, test, vi } from "vitest"
import { documents } from "./documents.ts"
import { runSnippets } from "./run-snippets.ts"

/** Runs a document while its primary is down, so that what it promises has to come true. */
async function runWithPrimaryDown(document: string): Promise<readonly string[]> {
  await using primary = await startHostileProvider({ faults: [{ kind: "error", error: "unavailable" }] })
  await using backup = await startHostileProvider({ keys: ["sk-2"], answer: () => "Because it leads." })
  return await runSnippets(document, {
    "https://primary.example": primary.origin,
    "https://api.openai.com": primary.origin,
    "https://backup.example": backup.origin,
    "https://relay.example": backup.origin,
  })
}

/** What the code of documents prints; the others print nothing. */
const prints: Readonly<Record<string, readonly unknown[]>> = {
  "README.md": [
    "Because it leads.",
    "200",
    expect.stringMatching(/^call +\(none\)\nadmission +night-rest\n/),
  ],
  "docs/guides/write-a-plugin.md": [
    expect.stringMatching(/^call +retry\nadmission +retry → maintenance-window\n/),
  ],
  "packages/bellwether/README.md": ["Because it leads.", "1", "Because it leads."],
  "packages/config/README.md": ["Because it leads."],
  "packages/core/README.md": ["200"],
  "packages/cost/README.md": [
    expect.stringMatching(/^0\.0\d+ USD$/),
    expect.stringMatching(/^\| together \| .+ \| 85 % \| .+ \|$/m),
  ],
  "packages/fetch/README.md": ["Because it leads.", "200"],
  "packages/histogram/README.md": [expect.stringMatching(/^1[78]\d\./), "4000", "120 1"],
  "packages/metrics/README.md": [expect.stringMatching(/^1 calls, \d+ % answered, p95 .+ ms$/)],
  "packages/openai/README.md": ["Because it leads."],
  "packages/rate-limit/README.md": ["200"],
  "packages/retry/README.md": ["primary/key-1: overloaded", "200"],
  "packages/router/README.md": ["200"],
  "packages/testing/README.md": ["200 2 1 0", ""],
  "packages/wire/README.md": ["quota-exhausted true", "content Hi false", "overloaded"],
}

describe("the code of a document does what it says", () => {
  test.for(documents)("%s", async (document) => {
    vi.stubEnv("OPENAI_API_KEY", "sk-1")
    vi.stubEnv("RELAY_KEY_1", "sk-revoked")
    vi.stubEnv("RELAY_KEY_2", "sk-2")
    expect(await runWithPrimaryDown(document)).toEqual(prints[document] ?? [])
  })
})
