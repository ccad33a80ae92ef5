/** Those who wait for something to happen. */
export class Waiters {
  #waiting = new Set<() => void>()

  /** @throws `signal.reason` when `signal` aborts before */
  wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const quit = (): void => {
        this.#waiting.delete(wake)
        reject(signal?.reason)
      }
      const wake = (): void => {
        signal?.removeEventListener("abort", quit)
        resolve()
      }
      signal?.addEventListener("abort", quit, { once: true })
      this.#waiting.add(wake)
    })
  }

  /** It has happened. Who waits anew meanwhile waits for the next time. */
  wake(): void {
    if (this.#waiting.size === 0) return
    const woken = this.#waiting
    this.#waiting = new Set()
    for (const wake of woken) wake()
  }
}
