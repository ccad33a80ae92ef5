import type { Engine } from "../engine/engine.ts"
import { takeStatus } from "./take-status.ts"
import type { Watch } from "./watch.ts"

const everyMs = 1_000
/** Whoever asks within this time sees the same. */
const freshMs = 250
const mostViewers = 100

/** The status as text, taken once for all who look. */
export class StatusFeed {
  readonly #engine: Engine
  readonly #watch: Watch
  #text = ""
  #takenAtMs = -Infinity
  #viewers = 0

  constructor(engine: Engine, watch: Watch) {
    this.#engine = engine
    this.#watch = watch
  }

  /** As JSON. */
  read(): string {
    const nowMs = this.#engine.clock.now()
    if (nowMs - this.#takenAtMs >= freshMs) {
      this.#text = JSON.stringify(takeStatus(this.#engine, this.#watch))
      this.#takenAtMs = nowMs
    }
    return this.#text
  }

  /** Each second anew, until the viewer leaves or the gateway closes; `undefined` when too many look. */
  watch(): ReadableStream<Uint8Array> | undefined {
    if (this.#viewers >= mostViewers) return undefined
    this.#viewers += 1
    const { clock, signal } = this.#engine
    const left = new AbortController()
    const leave = (): void => left.abort()
    signal.addEventListener("abort", leave)
    left.signal.addEventListener("abort", () => {
      this.#viewers -= 1
      signal.removeEventListener("abort", leave)
    })
    const encoder = new TextEncoder()
    let isFirst = true
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          try {
            if (!isFirst) await clock.sleep(everyMs, left.signal)
            isFirst = false
            controller.enqueue(encoder.encode(`data: ${this.read()}\n\n`))
          } catch {
            controller.close()
          }
        },
        cancel: leave,
      },
      { highWaterMark: 0 },
    )
  }
}
