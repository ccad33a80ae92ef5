import { startHostileProvider } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { runSnippets } from "./run-snippets.ts"

/** Runs a README while its primary is down, so that what it promises has to come true. */
async function runWithPrimaryDown(readme: string): Promise<readonly string[]> {
  await using primary = await startHostileProvider({ faults: [{ kind: "error", error: "unavailable" }] })
  await using backup = await startHostileProvider({ keys: ["sk-2"], answer: () => "Because it leads." })
  return await runSnippets(readme, {
    "https://primary.example": primary.origin,
    "https://backup.example": backup.origin,
  })
}

describe("the code of a README does what it says", () => {
  test("@bellwether/openai", async () => {
    expect(await runWithPrimaryDown("packages/openai/README.md")).toEqual(["Because it leads."])
  })

  test("@bellwether/fetch", async () => {
    expect(await runWithPrimaryDown("packages/fetch/README.md")).toEqual(["Because it leads.", "200"])
  })

  test("bellwether", async () => {
    expect(await runWithPrimaryDown("packages/bellwether/README.md")).toEqual([
      "Because it leads.",
      "1",
      "Because it leads.",
    ])
  })
})
