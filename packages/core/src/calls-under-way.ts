import type { LiveCall } from "./live-call.ts"
import { Waiters } from "./waiters.ts"

/** The calls of a pipeline that are not over. */
export class CallsUnderWay {
  readonly #calls = new Set<LiveCall>()
  readonly #waiters = new Waiters()
  /** Calls whose bodies are on their way. */
  #arriving = 0

  add(call: LiveCall): void {
    this.#calls.add(call)
  }

  [Symbol.iterator](): Iterator<LiveCall> {
    return this.#calls.values()
  }

  remove(call: LiveCall): void {
    this.#calls.delete(call)
    this.#look()
  }

  find(id: string): LiveCall | undefined {
    for (const call of this.#calls) if (call.id === id) return call
    return undefined
  }

  /** A call has come whose body has not. */
  arriving(): void {
    this.#arriving++
  }

  /** It has: the call is among these now, or will never be. */
  arrived(): void {
    this.#arriving--
    this.#look()
  }

  /**
   * Resolves when there are none.
   *
   * @throws `signal.reason` when `signal` aborts before
   */
  async idle(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (!this.#isIdle) await this.#waiters.wait(signal)
  }

  get #isIdle(): boolean {
    return this.#calls.size + this.#arriving === 0
  }

  #look(): void {
    if (this.#isIdle) this.#waiters.wake()
  }
}
