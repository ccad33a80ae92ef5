/** Takes lines, each with its line feed; a promise it returns holds the next lines back until it settles. */
export type WriteLines = (lines: string) => unknown

/** What became of lines. */
export interface LineCounts {
  readonly written: number
  /** Left out because too many waited for the writer. */
  readonly dropped: number
  /** Given to the writer, which threw or rejected. */
  readonly failed: number
  /** Not written yet. */
  readonly pending: number
}

/** What a queue needs to know. */
export interface LineQueueOptions {
  readonly write: WriteLines
  /** So many lines may wait for the writer. */
  readonly maxPending: number
  /** Lines are left out from now on, until the writer has caught up. */
  onDropping(): void
  onFault(error: unknown): void
}

/** Gives lines to a writer, one write at a time; who adds lines never waits. */
export class LineQueue {
  readonly #options: LineQueueOptions
  #waiting: string[] = []
  #writing = 0
  #written = 0
  #dropped = 0
  #failed = 0
  #isDropping = false
  #onIdle: (() => void)[] = []

  constructor(options: LineQueueOptions) {
    this.#options = options
  }

  get counts(): LineCounts {
    const pending = this.#waiting.length + this.#writing
    return { written: this.#written, dropped: this.#dropped, failed: this.#failed, pending }
  }

  get isFull(): boolean {
    return this.#waiting.length >= this.#options.maxPending
  }

  /** A line could not be taken. */
  drop(): void {
    this.#dropped++
    if (this.#isDropping) return
    this.#isDropping = true
    this.#options.onDropping()
  }

  add(line: string): void {
    this.#waiting.push(`${line}\n`)
    if (this.#writing === 0) this.#write()
  }

  /** Resolves when nothing waits any more. */
  idle(): Promise<void> {
    if (this.#writing === 0) return Promise.resolve()
    return new Promise((resolve) => this.#onIdle.push(resolve))
  }

  #write(): void {
    const lines = this.#waiting
    this.#waiting = []
    this.#writing = lines.length
    this.#isDropping = false
    try {
      const result = this.#options.write(lines.join(""))
      if (result instanceof Promise)
        result.then(
          () => this.#settled(lines.length),
          (error: unknown) => this.#broken(lines.length, error),
        )
      else this.#settled(lines.length)
    } catch (error) {
      this.#broken(lines.length, error)
    }
  }

  #settled(count: number): void {
    this.#written += count
    this.#next()
  }

  #broken(count: number, error: unknown): void {
    this.#failed += count
    this.#options.onFault(error)
    this.#next()
  }

  #next(): void {
    this.#writing = 0
    if (this.#waiting.length > 0) return this.#write()
    for (const tell of this.#onIdle.splice(0)) tell()
  }
}
