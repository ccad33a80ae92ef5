import { AttemptEnded, PipelineError } from "@bellwether/core"
import type { Services, Shared, Target, Timer } from "@bellwether/core"
import { askJson, UsageRefused } from "./ask-json.ts"
import { soundReading } from "./reading.ts"
import type { QuotaReading } from "./reading.ts"
import type { UsageReader } from "./usage-reader.ts"

/** What came of asking a provider, by whichever process of a fleet. Plain data. */
export interface Heard {
  readonly reading: QuotaReading
  /** Wall milliseconds. */
  readonly dateMs: number
}

/** Whoever learns from what is heard. */
export interface PollHost {
  heard(target: Target, heard: Heard): void
  failed(target: Target, reason: string): void
  /** Milliseconds until a target is to be asked again. */
  pauseMs(target: Target): number
  /** When a target was last heard of, in wall milliseconds. */
  heardAtMs(target: Target): number
}

/** How providers are asked. */
export interface PollRules {
  readonly readers: ReadonlyMap<string, UsageReader>
  readonly intervalMs: number
  readonly timeoutMs: number
}

/** A failed call makes us ask at once, but not more often than this. */
const mostOftenMs = 10_000

/** Asks providers what is left, each key at its own pace: never twice at once, never in the way of a call. */
export class Poller {
  readonly #services: Services
  readonly #rules: PollRules
  readonly #host: PollHost
  readonly #cells: ReadonlyMap<string, Shared<Heard | null>>
  readonly #timers = new Map<string, Timer>()
  readonly #underWay = new Map<string, Promise<void>>()
  /** Monotonic milliseconds. */
  readonly #askedAtMs = new Map<string, number>()

  constructor(services: Services, rules: PollRules, host: PollHost) {
    this.#services = services
    this.#rules = rules
    this.#host = host
    this.#cells = new Map(
      this.targets.map((target) => {
        const cell = services.shared<Heard | null>(target.id, {
          initial: null,
          merge: later,
          ttlMs: rules.intervalMs * 10,
        })
        if (services.renewed.includes(target)) cell.set(null)
        cell.onChange((heard) => heard !== null && this.#hear(target, heard))
        return [target.id, cell]
      }),
    )
  }

  /** The targets of endpoints whose usage can be read. */
  get targets(): readonly Target[] {
    return this.#services.targets.filter(({ endpoint }) => this.#rules.readers.has(endpoint))
  }

  /** Begins to ask, and goes on until the pipeline closes. */
  start(): void {
    const { signal, on, clock } = this.#services
    for (const target of this.targets) {
      this.#timers.set(
        target.id,
        clock.after(0, () => void this.#turn(target)),
      )
    }
    on(AttemptEnded, ({ attempt, ending }) => {
      if (ending.failure?.class === "quota-exhausted") this.#hurry(attempt.target)
    })
    const stop = (): void => {
      for (const timer of this.#timers.values()) timer.cancel()
    }
    signal.addEventListener("abort", stop, { once: true })
  }

  /** Asks these now. */
  async poll(targets: readonly Target[]): Promise<void> {
    await Promise.all(targets.map((target) => this.#join(target)))
  }

  /** A call was told that nothing is left: the provider will say until when. */
  #hurry(target: Target): void {
    if (!this.#rules.readers.has(target.endpoint)) return
    const askedAtMs = this.#askedAtMs.get(target.id) ?? -Infinity
    if (this.#services.clock.now() - askedAtMs >= mostOftenMs) void this.#join(target)
  }

  async #turn(target: Target): Promise<void> {
    const { clock, signal, random } = this.#services
    const isFresh = clock.date() - this.#host.heardAtMs(target) < this.#rules.intervalMs / 2
    if (!isFresh) await this.#join(target)
    if (signal.aborted) return
    this.#timers.get(target.id)?.rearm(this.#host.pauseMs(target) * (1 + 0.2 * random.next()))
  }

  #join(target: Target): Promise<void> {
    const joined = this.#underWay.get(target.id)
    if (joined !== undefined) return joined
    const polling = this.#ask(target).finally(() => this.#underWay.delete(target.id))
    this.#underWay.set(target.id, polling)
    return polling
  }

  async #ask(target: Target): Promise<void> {
    const { clock, signal } = this.#services
    this.#askedAtMs.set(target.id, clock.now())
    const controller = new AbortController()
    const close = (): void => controller.abort("closed")
    signal.addEventListener("abort", close, { once: true })
    const timer = clock.after(this.#rules.timeoutMs, () => controller.abort("late"))
    try {
      const given = await this.#read(target, controller.signal)
      const reading = soundReading(given, clock.date())
      if (reading === undefined) this.#host.failed(target, "its answer tells no quota")
      else this.#share(target, reading)
    } catch (error) {
      if (signal.aborted) return
      // Whoever has used up everything may be refused even the question.
      if (error instanceof UsageRefused && error.kind === "quota-exhausted") this.#share(target, { left: 0 })
      else this.#host.failed(target, controller.signal.aborted ? "no answer in time" : reasonOf(error))
    } finally {
      timer.cancel()
      signal.removeEventListener("abort", close)
    }
  }

  /** What the reader gives; a reader, or a transport, that is deaf to the signal is left behind. */
  #read(target: Target, signal: AbortSignal): Promise<QuotaReading | undefined> {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true })
      if (signal.aborted) reject(signal.reason)
      const reader = this.#rules.readers.get(target.endpoint)
      const ask = (path: string): Promise<unknown> => askJson(this.#services, target, path, signal)
      const dateMs = this.#services.clock.date()
      Promise.resolve()
        .then(() => reader?.({ target, ask, dateMs, signal }))
        .then(resolve, reject)
    })
  }

  #share(target: Target, reading: QuotaReading): void {
    if (this.#services.signal.aborted) return
    const heard = { reading, dateMs: this.#services.clock.date() }
    this.#cells.get(target.id)?.set(heard)
    this.#hear(target, heard)
  }

  #hear(target: Target, heard: Heard): void {
    if (heard.dateMs >= this.#host.heardAtMs(target)) this.#host.heard(target, heard)
  }
}

/** Never in the words of a provider or of a user's function: they may hold a key. */
function reasonOf(error: unknown): string {
  if (error instanceof UsageRefused) return error.message
  if (PipelineError.is(error)) return error.code
  return error instanceof SyntaxError ? "its answer is no JSON" : "it could not be asked"
}

/** The later one; of two at once, always the same. */
function later(a: Heard | null, b: Heard | null): Heard | null {
  if (a === null || b === null) return a ?? b
  if (a.dateMs !== b.dateMs) return a.dateMs > b.dateMs ? a : b
  return JSON.stringify(a) > JSON.stringify(b) ? a : b
}
