import { hash, timingSafeEqual } from "node:crypto"
import type { IncomingHttpHeaders } from "node:http"
import type { GatewayKey } from "@bellwether/config"

/** A virtual key at work. */
export interface Caller {
  readonly id: string
  /** The models it may use; absent: all. */
  readonly models: readonly string[] | undefined
  /** Most calls at once; absent: any. */
  readonly concurrency: number | undefined
  readonly usage: CallerUsage
}

/** What a caller has done and does. It outlives reloads. */
export interface CallerUsage {
  calls: number
  inFlight: number
}

/** The virtual keys of a config. */
export class Callers {
  readonly list: readonly Caller[]
  readonly #digests: readonly Buffer[]

  /** @param before those of the config before: who stays goes on counting */
  constructor(keys: readonly GatewayKey[], before?: Callers) {
    this.list = keys.map(({ id, models, concurrency }) => ({
      id,
      models,
      concurrency,
      usage: before?.list.find((caller) => caller.id === id)?.usage ?? { calls: 0, inFlight: 0 },
    }))
    this.#digests = keys.map(({ value }) => digest(value))
  }

  /** Whether anyone may call. */
  get isOpen(): boolean {
    return this.list.length === 0
  }

  /** Who shows a key; takes equally long whoever it is, and whether anybody. */
  find(shown: string): Caller | undefined {
    const wanted = digest(shown)
    let found: Caller | undefined
    for (const [index, each] of this.#digests.entries())
      if (timingSafeEqual(each, wanted)) found = this.list[index]
    return found
  }
}

const digest = (key: string): Buffer => hash("sha256", key, "buffer")

/** The key a request shows: as OpenAI's, Anthropic's or Azure's SDK sends it. */
export function shownKey(headers: IncomingHttpHeaders): string | undefined {
  const { authorization, "x-api-key": anthropic, "api-key": azure } = headers
  const [, bearer] = /^bearer +(.+)$/i.exec(authorization ?? "") ?? []
  return [bearer, anthropic, azure].find((key): key is string => typeof key === "string" && key !== "")
}
