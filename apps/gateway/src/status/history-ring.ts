import { Histogram } from "@bellwether/histogram"
import type { Clock } from "@bellwether/core"
import type { History, HistorySeries } from "./history.ts"

const stepMs = 5_000
const keptSteps = 120

/** What ended, as far as charts show it. */
export interface Ended {
  readonly hasFailed: boolean
  /** Of those that succeeded. */
  readonly durationMs?: number
  readonly firstContentMs?: number | undefined
}

/** One step of one series. */
class Step {
  total = 0
  failed = 0
  readonly duration = new Histogram()
  readonly firstContent = new Histogram()

  add({ hasFailed, durationMs, firstContentMs }: Ended): void {
    this.total += 1
    if (hasFailed) this.failed += 1
    if (durationMs !== undefined) this.duration.record(durationMs)
    if (firstContentMs !== undefined) this.firstContent.record(firstContentMs)
  }
}

/** What a step comes down to once it is over. */
type Point = Readonly<Record<keyof HistorySeries, number | null>>

const nothing: Point = {
  total: 0,
  failed: 0,
  p50Ms: null,
  p95Ms: null,
  firstContentP50Ms: null,
  firstContentP95Ms: null,
}

const quantile = (histogram: Histogram, share: number): number | null => {
  const ms = histogram.quantile(share)
  return ms === undefined ? null : Math.round(ms * 10) / 10
}

const pointOf = ({ total, failed, duration, firstContent }: Step): Point => ({
  total,
  failed,
  p50Ms: quantile(duration, 0.5),
  p95Ms: quantile(duration, 0.95),
  firstContentP50Ms: quantile(firstContent, 0.5),
  firstContentP95Ms: quantile(firstContent, 0.95),
})

/** The last minutes in steps. Its memory does not grow with the load. */
export class HistoryRing {
  readonly #clock: Clock
  readonly #beganAtMs: number[] = []
  /** By series: the points of the steps in `#beganAtMs` but the last, newest last; those that are absent are empty. */
  readonly #points = new Map<string, Map<number, Point>>()
  #live = new Map<string, Step>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#beganAtMs.push(this.#now())
  }

  /** @param series the endpoint's id, or "" for calls */
  add(series: string, ended: Ended): void {
    this.#advance()
    const known = this.#live.get(series)
    const step = known ?? new Step()
    if (known === undefined) this.#live.set(series, step)
    step.add(ended)
  }

  read(endpoints: readonly string[]): History {
    this.#advance()
    return {
      stepMs,
      atMs: [...this.#beganAtMs],
      calls: this.#series(""),
      endpoints: Object.fromEntries(endpoints.map((id) => [id, this.#series(id)])),
    }
  }

  #now(): number {
    const dateMs = this.#clock.date()
    return dateMs - (dateMs % stepMs)
  }

  #advance(): void {
    const now = this.#now()
    let last = this.#beganAtMs.at(-1) ?? now
    if (now <= last) return
    for (const [series, step] of this.#live) {
      const points = this.#points.get(series) ?? new Map<number, Point>()
      this.#points.set(series, points.set(last, pointOf(step)))
    }
    this.#live = new Map()
    // After a long silence, or a clock that leapt, only the last steps matter.
    last = Math.max(last, now - keptSteps * stepMs)
    for (let began = last + stepMs; began <= now; began += stepMs) this.#beganAtMs.push(began)
    this.#beganAtMs.splice(0, this.#beganAtMs.length - keptSteps)
    this.#forget()
  }

  #forget(): void {
    const [oldest = 0] = this.#beganAtMs
    for (const [series, points] of this.#points) {
      for (const began of points.keys()) if (began < oldest) points.delete(began)
      if (points.size === 0) this.#points.delete(series)
    }
  }

  #series(name: string): HistorySeries {
    const points = this.#points.get(name)
    const live = this.#live.get(name)
    const row = this.#beganAtMs.map((began) => points?.get(began) ?? nothing)
    if (live !== undefined) row[row.length - 1] = pointOf(live)
    const column = (key: keyof Point): (number | null)[] => row.map((point) => point[key])
    return {
      total: column("total") as number[],
      failed: column("failed") as number[],
      p50Ms: column("p50Ms"),
      p95Ms: column("p95Ms"),
      firstContentP50Ms: column("firstContentP50Ms"),
      firstContentP95Ms: column("firstContentP95Ms"),
    }
  }
}
