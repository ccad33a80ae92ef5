import type { Clock } from "@bellwether/core"
import type { Caller } from "../callers/callers.ts"
import { startRunning } from "./running.ts"
import type { GatewayConfig, Running, Shared } from "./running.ts"

/** Why the file was not taken over when it was last read. */
export interface ReloadError {
  readonly atMs: number
  readonly message: string
}

/** What runs, and what takes its place. Calls end where they began. */
export class Engine {
  readonly clock: Clock
  readonly #shared: Shared
  readonly #started: (running: Running) => void
  readonly #underWay = new Map<Running, number>()
  readonly #onIdle: (() => void)[] = []
  running: Running
  reloadError: ReloadError | undefined
  readonly #closing = new AbortController()

  /** @param started told of each config that begins to run, before any call */
  constructor(config: GatewayConfig, shared: Shared, started: (running: Running) => void) {
    this.clock = shared.clock
    this.#shared = shared
    this.#started = started
    this.running = startRunning(config, shared, undefined)
    started(this.running)
  }

  /** Aborted when the gateway closes. */
  get signal(): AbortSignal {
    return this.#closing.signal
  }

  get isClosing(): boolean {
    return this.#closing.signal.aborted
  }

  /** From now on no new calls are taken. */
  beginToClose(): void {
    this.#closing.abort()
  }

  /**
   * Lets new calls go by another config.
   *
   * @throws PipelineError `invalid-options`; then nothing has changed
   */
  reload(config: GatewayConfig): void {
    const before = this.running
    const next = startRunning(config, this.#shared, before)
    this.#started(next)
    this.running = next
    this.reloadError = undefined
    const { restartFor } = next
    if (restartFor.length > 0)
      this.#shared.log.warn(
        { event: "restart-needed", options: restartFor },
        "Some options of the config change with a restart only.",
      )
    this.#closeIfOver(before)
  }

  /** Takes note that a config could not be read; what runs goes on. */
  refuse(message: string): void {
    this.reloadError = { atMs: this.clock.date(), message }
  }

  /** Something in the gateway itself is wrong. */
  fault(words: string, error: unknown): void {
    this.#shared.log.error({ event: "gateway-fault", error: whereabouts(error) }, words)
  }

  /** A call begins. @returns what ends it */
  enter(running: Running, caller: Caller | undefined): () => void {
    this.#underWay.set(running, (this.#underWay.get(running) ?? 0) + 1)
    if (caller !== undefined) {
      caller.usage.calls += 1
      caller.usage.inFlight += 1
    }
    return () => {
      if (caller !== undefined) caller.usage.inFlight -= 1
      const left = (this.#underWay.get(running) ?? 1) - 1
      if (left > 0) return void this.#underWay.set(running, left)
      this.#underWay.delete(running)
      this.#closeIfOver(running)
      if (this.#underWay.size === 0) for (const tell of this.#onIdle.splice(0)) tell()
    }
  }

  /** Resolves when no call is under way. */
  idle(): Promise<void> {
    return this.#underWay.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => this.#onIdle.push(resolve))
  }

  #closeIfOver(running: Running): void {
    if (running === this.running || this.#underWay.has(running)) return
    const { pipeline } = running
    // What callers have left may still be read for its usage.
    const close = pipeline.idle().then(() => pipeline.close())
    close.catch((error: unknown) => this.fault("A pipeline did not close.", error))
  }
}

/** An error's name and where it came from; its words may be those of a prompt. */
function whereabouts(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const frames = error.stack?.split("\n").filter((line) => line.startsWith("    at ")) ?? []
  return [error.name, ...frames.slice(0, 5)].join("\n")
}
