import { mkdir, readFile, rm, writeFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { vi } from "vitest"

const folder = new URL("./.snippets/", import.meta.url)

/**
 * Runs the TypeScript of a README as it stands there, while its hosts lead to providers on loopback.
 *
 * @param readme path of the README below the root of the repository
 * @param origins `https://primary.example` to the origin that stands in for it
 * @returns what the code prints, a line per `console.log`
 */
export async function runSnippets(
  readme: string,
  origins: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const text = await readFile(new URL(`../../${readme}`, import.meta.url), "utf8")
  const snippets = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code)
  const lines: string[] = []
  const { fetch } = globalThis
  vi.stubGlobal("fetch", (input: string, init?: RequestInit) => {
    const { origin } = new URL(input)
    return fetch(input.replace(origin, origins[origin] ?? origin), init)
  })
  const log = vi.spyOn(console, "log").mockImplementation((...values) => void lines.push(values.join(" ")))
  await mkdir(folder, { recursive: true })
  try {
    for (const [index, code] of snippets.entries()) {
      const file = new URL(`${readme.replaceAll(/\W+/g, "-")}-${index}.ts`, folder)
      await writeFile(file, code)
      await import(fileURLToPath(file))
    }
  } finally {
    log.mockRestore()
    vi.unstubAllGlobals()
    await rm(folder, { recursive: true })
  }
  return lines
}
