import type { IncomingHttpHeaders } from "node:http"
import type { ResponseHeaders } from "@bellwether/core"

/** The headers of an answer as undici gives them: a list stands for one that came several times. */
export class RawHeaders implements ResponseHeaders {
  readonly #raw: IncomingHttpHeaders

  constructor(raw: IncomingHttpHeaders) {
    this.#raw = raw
  }

  get(name: string): string | null {
    const lower = name.toLowerCase()
    if (!Object.hasOwn(this.#raw, lower)) return null
    const value = this.#raw[lower]
    return Array.isArray(value) ? value.join(", ") : (value ?? null)
  }

  keys(): readonly string[] {
    return Object.keys(this.#raw)
  }

  [Symbol.iterator](): Iterator<[name: string, value: string]> {
    const entries: [name: string, value: string][] = []
    for (const name of Object.keys(this.#raw)) {
      const value = this.#raw[name]
      if (typeof value === "string") entries.push([name, value])
      else if (value !== undefined) for (const each of value) entries.push([name, each])
    }
    return entries[Symbol.iterator]()
  }
}
