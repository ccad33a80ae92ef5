import { vi } from "vitest"
import { writeSnippets } from "./snippets.ts"

/**
 * Runs the TypeScript of a document as it stands there, while its hosts lead to providers on loopback.
 *
 * @param document path below the root of the repository
 * @param origins `https://primary.example` to the origin that stands in for it
 * @returns what the code prints, a line per `console.log`
 */
export async function runSnippets(
  document: string,
  origins: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const lines: string[] = []
  const { fetch } = globalThis
  vi.stubGlobal("fetch", (input: string, init?: RequestInit) => {
    const { origin } = new URL(input)
    return fetch(input.replace(origin, origins[origin] ?? origin), init)
  })
  const log = vi.spyOn(console, "log").mockImplementation((...values) => void lines.push(values.join(" ")))
  await using snippets = await writeSnippets(document, "run")
  try {
    for (const file of snippets.programs) await import(file)
  } finally {
    log.mockRestore()
    vi.unstubAllGlobals()
  }
  return lines
}
