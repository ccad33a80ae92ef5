/** One armed delay. It can be cancelled and armed again as often as wanted, also after it fired. */
export interface Timer {
  /** Disarms the timer; does nothing when it is not armed. */
  cancel(): void
  /** Arms the timer to fire `ms` from now, in place of any earlier arming. Cheap enough for every chunk of a stream. */
  rearm(ms: number): void
}

/** The only source of time in Bellwether, so that an hour of outage can be played back in a second. */
export interface Clock {
  /** Monotonic milliseconds, for every duration. The zero point means nothing. */
  now(): number
  /** Wall-clock milliseconds since 1970, only for what leaves the process. */
  date(): number
  /**
   * Resolves after `ms`, never in the same tick (zero and negative delays still yield).
   *
   * Somebody awaits a sleep, so it keeps the process alive; work in the background waits with {@link after}.
   *
   * @throws `signal.reason`, at once, when `signal` aborts
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `run` after `ms`, unless cancelled. Never keeps a process alive. */
  after(ms: number, run: () => void): Timer
  /** Tells a virtual clock that `promise` is work outside of it: virtual time stands still until it settles. */
  external<T>(promise: Promise<T>): Promise<T>
}

/** Runtimes fire at once when asked to wait longer than this, so longer delays are waited for in pieces. */
const longestDelayMs = 2 ** 31 - 1

type Handle = ReturnType<typeof setTimeout>

class SystemTimer implements Timer {
  readonly #run: () => void
  readonly #keepsAlive: boolean
  #handle: Handle | undefined
  #armedMs = 0
  #laterMs = 0

  constructor(ms: number, run: () => void, keepsAlive: boolean) {
    this.#run = run
    this.#keepsAlive = keepsAlive
    this.#arm(ms)
  }

  cancel(): void {
    if (this.#handle === undefined) return
    clearTimeout(this.#handle)
    this.#handle = undefined
  }

  rearm(ms: number): void {
    if (ms === this.#armedMs && this.#laterMs === 0 && isRefreshable(this.#handle)) {
      this.#handle.refresh()
      return
    }
    this.cancel()
    this.#arm(ms)
  }

  #arm(ms: number): void {
    // A delay that is over already fires at once, without the runtime's warning.
    const delayMs = Math.max(0, ms)
    this.#armedMs = Math.min(delayMs, longestDelayMs)
    this.#laterMs = delayMs - this.#armedMs
    this.#handle = setTimeout(this.#fire, this.#armedMs)
    if (!this.#keepsAlive) unref(this.#handle)
  }

  readonly #fire = (): void => {
    this.#handle = undefined
    if (this.#laterMs > 0) this.#arm(this.#laterMs)
    else this.#run()
  }
}

/** Browsers and some workers hand out plain numbers, which can neither be refreshed nor unref'd. */
const isRefreshable = (handle: Handle | undefined): handle is Handle =>
  typeof handle === "object" && typeof handle.refresh === "function"

const unref = (handle: Handle): void => {
  if (typeof handle === "object") handle.unref?.()
}

const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const wake = (): void => {
      signal?.removeEventListener("abort", stop)
      resolve()
    }
    const stop = (): void => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = new SystemTimer(ms, wake, true)
    signal?.addEventListener("abort", stop, { once: true })
  })

/** The real time of the runtime: Node, Bun, Deno, browsers, workers. */
export const systemClock: Clock = {
  now: performance.now.bind(performance),
  date: Date.now,
  sleep,
  after: (ms, run) => new SystemTimer(ms, run, false),
  external: (promise) => promise,
}
