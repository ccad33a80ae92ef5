import { afterAll } from "vitest"
import { writeSnippets } from "./snippets.ts"

// The tests of the guide become tests of this file.
const snippets = await writeSnippets("docs/guides/write-a-plugin.md", "guide")
for (const file of snippets.tests) await import(file)
afterAll(() => snippets[Symbol.asyncDispose]())
