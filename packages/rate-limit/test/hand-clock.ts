import type { Timer } from "@bellwether/core"

/** A clock turned by hand, without anything asynchronous in it. */
export class HandClock {
  #nowMs = 0
  readonly #due = new Map<object, { readonly atMs: number; readonly run: () => void }>()

  readonly now = (): number => this.#nowMs
  readonly date = (): number => this.#nowMs

  /** Timers that are armed. */
  get armed(): number {
    return this.#due.size
  }

  after(ms: number, run: () => void): Timer {
    const timer = {
      cancel: () => void this.#due.delete(timer),
      rearm: (delayMs: number) => void this.#due.set(timer, { atMs: this.#nowMs + delayMs, run }),
    }
    timer.rearm(ms)
    return timer
  }

  /** Lets so much time pass, timer by timer. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms
    for (;;) {
      const [next] = [...this.#due].toSorted(([, a], [, b]) => a.atMs - b.atMs)
      if (next === undefined || next[1].atMs > endMs) break
      const [timer, { atMs, run }] = next
      this.#due.delete(timer)
      this.#nowMs = Math.max(this.#nowMs, atMs)
      run()
    }
    this.#nowMs = endMs
  }
}
