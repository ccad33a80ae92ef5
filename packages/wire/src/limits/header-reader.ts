/** Reads a response header by its name, whatever its case; the web's `Headers` fits. */
export interface HeaderReader {
  /** The value, or null without such a header. */
  get(name: string): string | null
}
