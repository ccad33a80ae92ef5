import type { Clock, Timer } from "@bellwether/core"
import type { Line } from "./logger.ts"

/** Lines of one subject, such as the circuit of one target. */
interface Subject {
  lines: number
  /** The newest of those that were held back. */
  held: Line | undefined
  leftOut: number
  readonly timer: Timer
}

/** So many subjects are known at once; the oldest is forgotten first. */
const mostSubjects = 1_000

/**
 * Lets the first lines of a subject pass; then holds them back until its time is over, and tells the newest one with
 * the number of those left out, so that the last line of a subject is always the truth. Its memory is bounded.
 */
export class Flapping {
  readonly #subjects = new Map<string, Subject>()
  readonly #lines: number
  readonly #perMs: number
  readonly #clock: Clock
  readonly #write: (line: Line) => void
  #isStopped = false

  /** @param lines of a subject that pass in `perMs` */
  constructor(lines: number, perMs: number, clock: Clock, write: (line: Line) => void) {
    this.#lines = lines
    this.#perMs = perMs
    this.#clock = clock
    this.#write = write
  }

  tell(key: string, line: Line): void {
    if (this.#isStopped) return this.#write(line)
    const subject = this.#subjects.get(key) ?? this.#begin(key)
    if (++subject.lines <= this.#lines) return this.#write(line)
    if (subject.held !== undefined) subject.leftOut++
    subject.held = line
  }

  /** Tells what is held back; from now on everything passes. */
  stop(): void {
    this.#isStopped = true
    for (const key of this.#subjects.keys()) this.#end(key)
  }

  #begin(key: string): Subject {
    const [oldest] = this.#subjects.keys()
    if (oldest !== undefined && this.#subjects.size >= mostSubjects) this.#end(oldest)
    const timer = this.#clock.after(this.#perMs, () => this.#end(key))
    const subject: Subject = { lines: 0, held: undefined, leftOut: 0, timer }
    this.#subjects.set(key, subject)
    return subject
  }

  #end(key: string): void {
    const subject = this.#subjects.get(key)
    if (subject === undefined) return
    this.#subjects.delete(key)
    subject.timer.cancel()
    const { held, leftOut } = subject
    if (held === undefined) return
    this.#write(leftOut === 0 ? held : { ...held, fields: { ...held.fields, leftOut } })
  }
}
