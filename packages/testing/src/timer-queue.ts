/** A timer in a {@link TimerQueue}. */
export interface QueuedTimer {
  atMs: number
  /** Decides between timers of the same moment: the one armed first fires first. */
  order: number
  /** Where it is in the queue; -1 while it is in none. */
  place: number
  readonly run: () => void
}

/** A binary heap that knows where its timers are, so that cancelling one of many leaves nothing behind. */
export class TimerQueue {
  readonly #heap: QueuedTimer[] = []

  get size(): number {
    return this.#heap.length
  }

  /** The timer that fires next. */
  get first(): QueuedTimer | undefined {
    return this.#heap[0]
  }

  add(timer: QueuedTimer): void {
    this.#rise(timer, this.#heap.length)
  }

  /** Does nothing when the timer is not in the queue. */
  remove(timer: QueuedTimer): void {
    const { place } = timer
    if (place < 0) return
    timer.place = -1
    const last = this.#heap.pop()
    if (last === undefined || last === timer) return
    this.#sink(last, place)
    this.#rise(last, last.place)
  }

  #rise(timer: QueuedTimer, from: number): void {
    let place = from
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = this.#heap[above]
      if (parent === undefined || isBefore(parent, timer)) break
      this.#put(parent, place)
      place = above
    }
    this.#put(timer, place)
  }

  #sink(timer: QueuedTimer, from: number): void {
    let place = from
    for (;;) {
      const below = this.#sooner(2 * place + 1, 2 * place + 2)
      if (below === undefined || isBefore(timer, below)) break
      const next = below.place
      this.#put(below, place)
      place = next
    }
    this.#put(timer, place)
  }

  #sooner(left: number, right: number): QueuedTimer | undefined {
    const [a, b] = [this.#heap[left], this.#heap[right]]
    return a !== undefined && b !== undefined && isBefore(b, a) ? b : a
  }

  #put(timer: QueuedTimer, place: number): void {
    this.#heap[place] = timer
    timer.place = place
  }
}

const isBefore = (a: QueuedTimer, b: QueuedTimer): boolean =>
  a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
