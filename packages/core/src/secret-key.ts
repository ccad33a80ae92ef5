/** A key, or a function that fetches one. */
export type KeyValue = string | (() => string | Promise<string>)

/** Holds one key so that it can be sent and scrubbed, but not printed. */
export class SecretKey {
  readonly #source: KeyValue
  #value: Promise<string> | string | undefined
  #known: string | undefined

  constructor(source: KeyValue) {
    this.#source = source
    if (typeof source === "string") this.#value = this.#known = source
  }

  /** Whether asking again may give another key. */
  get refreshable(): boolean {
    return typeof this.#source === "function"
  }

  /** The key; fetched once for all who ask at the same time. */
  read(): Promise<string> | string {
    return (this.#value ??= this.#fetch())
  }

  /** Fetches again, unless somebody has done so since `stale` was read. */
  refresh(stale: string): Promise<string> | string {
    if (this.#known === stale) this.#value = undefined
    return this.read()
  }

  /** The text with this key taken out of it. */
  scrub(text: string): string {
    return this.#known === undefined || this.#known === "" ? text : text.replaceAll(this.#known, "[key]")
  }

  async #fetch(): Promise<string> {
    try {
      const key = await (this.#source as () => string | Promise<string>)()
      if (typeof key !== "string" || key.trim() === "") throw new TypeError("The key function gave no key.")
      return (this.#known = key)
    } catch (error) {
      this.#value = undefined
      throw error
    }
  }
}
