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

  *[Symbol.iterator](): Generator<[name: string, value: string], void> {
    for (const [name, value = []] of Object.entries(this.#raw))
      if (typeof value === "string") yield [name, value]
      else for (const each of value) yield [name, each]
  }
}
