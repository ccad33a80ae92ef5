import type { Clock, Services, SharedOptions, Target } from "@bellwether/core"

/** A cell of the fleet; the news is told when a test says so. */
export interface Cell {
  value: unknown
  readonly merge: (a: unknown, b: unknown) => unknown
  readonly listeners: ((value: unknown) => void)[]
}

/** The pipeline around a breaker, with a clock turned by hand: everything at once, and cheap to make by the million. */
export class HandTurned {
  nowMs = 0
  readonly timers = new Set<{ readonly atMs: number; readonly run: () => void }>()
  readonly cells = new Map<string, Cell>()
  readonly services: Services
  #ids = 0

  constructor(targets: readonly Target[]) {
    const random = { next: () => 0, id: () => `probe-${this.#ids++}`, stream: () => random }
    this.services = {
      clock: this.#clock(),
      random,
      targets,
      signal: new AbortController().signal,
      board: { say: () => {}, touch: () => {} },
      emit: () => {},
      on: () => () => {},
      kept: (_name: string, make: () => unknown) => make(),
      shared: (key: string, options: SharedOptions<unknown>) => this.#shared(key, options),
    } as unknown as Services
  }

  tick(): void {
    this.nowMs++
    for (const timer of [...this.timers].filter(({ atMs }) => atMs <= this.nowMs)) {
      this.timers.delete(timer)
      timer.run()
    }
  }

  #clock(): Clock {
    return {
      now: () => this.nowMs,
      date: () => this.nowMs,
      sleep: () => Promise.reject(new Error("Nobody sleeps here.")),
      external: (promise) => promise,
      after: (ms, run) => {
        const timer = { atMs: this.nowMs + ms, run }
        this.timers.add(timer)
        return { cancel: () => void this.timers.delete(timer), rearm: () => {} }
      },
    }
  }

  #shared(key: string, { initial, merge }: SharedOptions<unknown>) {
    const cell: Cell = { value: initial, merge, listeners: [] }
    this.cells.set(key, cell)
    return {
      get: () => cell.value,
      set: (value: unknown) => void (cell.value = value),
      onChange: (listener: (value: unknown) => void) => void cell.listeners.push(listener),
    }
  }
}
