/** A key, or a function that fetches one. */
export type KeyValue = string | (() => string | Promise<string>)

/** Whether a text can travel in a header, as a key has to. */
export const fitsHeader = (text: string): boolean => /^[\x20-\x7e]+$/.test(text)

const isPart = (key: string | undefined, text: string): boolean =>
  key !== undefined && key !== "" && text.includes(key)

/** Holds one key so that it can be sent and scrubbed, but not printed. */
export class SecretKey {
  readonly #source: KeyValue
  #current: string | undefined
  /** The key before the current one: what is under way with it may still tell of it. */
  #former: string | undefined
  #fetching: Promise<string> | undefined

  constructor(source: KeyValue) {
    this.#source = source
    this.#current = this.#text
  }

  /** Whether asking again may give another key. */
  get refreshable(): boolean {
    return typeof this.#source === "function"
  }

  /** Whether it is the same key, or fetched by the same function; which of them it is, it does not tell. */
  equals(other: SecretKey | undefined): boolean {
    if (other === undefined) return false
    return this.#text === undefined ? this.#source === other.#source : this.#text === other.#text
  }

  /** The key; fetched once for all who ask at the same time. */
  read(): Promise<string> | string {
    return this.#current ?? (this.#fetching ??= this.#fetch())
  }

  /** Fetches again, unless somebody has done so since `stale` was read. */
  refresh(stale: string): Promise<string> | string {
    if (this.#current === stale) {
      this.#former = stale
      this.#current = undefined
    }
    return this.read()
  }

  /** Whether the text holds this key. */
  isIn(text: string): boolean {
    return isPart(this.#current, text) || isPart(this.#former, text)
  }

  /** The text with this key taken out of it, unless the key has fewer characters than `shortest`. */
  scrub(text: string, shortest = 1): string {
    return [this.#current, this.#former].reduce<string>(
      (clean, key = "") => (key.length >= shortest ? clean.replaceAll(key, "[key]") : clean),
      text,
    )
  }

  /** The key itself, where it was given. Keys read from a file end with a line. */
  get #text(): string | undefined {
    return typeof this.#source === "string" ? this.#source.trim() : undefined
  }

  async #fetch(): Promise<string> {
    try {
      const key: unknown = await Promise.resolve().then(this.#source as () => string | Promise<string>)
      if (typeof key !== "string" || !fitsHeader(key.trim()))
        throw new TypeError("The key function gave no text that can be sent as a key.")
      return (this.#current = key.trim())
    } finally {
      this.#fetching = undefined
    }
  }
}
