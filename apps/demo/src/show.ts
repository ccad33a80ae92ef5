import { cursorTo, clearScreenDown, moveCursor } from "node:readline"
import type { Pipeline } from "@bellwether/core"
import { coloured, columns, shownMs } from "./columns.ts"
import { targetLines, inWords } from "./state.ts"
import type { Ledger } from "./tally.ts"

/** What is shown while the load runs. */
export interface Scene {
  readonly pipeline: Pipeline
  readonly model: string
  readonly durationMs: number
  /** The clients by name; the first is the one over the pipeline. */
  readonly ledgers: Readonly<Record<string, Ledger>>
  /** What goes on, in words. */
  headline(elapsedMs: number): string
  /** Calls that ended at another target than they began at. */
  failovers(): number
}

/** Shows a scene until it is stopped: live in a terminal, as lines elsewhere. */
export interface Show {
  stop(): void
}

/** Begins the show. */
export function show(scene: Scene): Show {
  return process.stdout.isTTY ? live(scene) : asLines(scene)
}

function live(scene: Scene): Show {
  const begin = performance.now()
  let height = 0
  const draw = (): void => {
    const lines = picture(scene, performance.now() - begin)
    moveCursor(process.stdout, 0, -height)
    cursorTo(process.stdout, 0)
    clearScreenDown(process.stdout)
    process.stdout.write(`${lines.join("\n")}\n`)
    height = lines.length
  }
  draw()
  const timer = setInterval(draw, 200)
  return {
    stop() {
      clearInterval(timer)
      draw()
    },
  }
}

function picture(
  { pipeline, model, durationMs, ledgers, headline, failovers }: Scene,
  elapsedMs: number,
): string[] {
  const seconds = `${(Math.min(elapsedMs, durationMs) / 1_000).toFixed(1).padStart(5)} s`
  const width = 28
  const done = Math.round(width * Math.min(1, elapsedMs / durationMs))
  const bar = coloured("cyan", "█".repeat(done)) + coloured("dim", "░".repeat(width - done))
  const rows = Object.entries(ledgers).map(([name, ledger]) => {
    const { answered, lost, p50Ms, p95Ms } = ledger.total()
    const shownLost = lost === 0 ? coloured("green", "0") : coloured("red", String(lost))
    return [name, String(answered), shownLost, String(ledger.inFlight), shownMs(p50Ms), shownMs(p95Ms)]
  })
  return [
    `${bar}  ${seconds}  ${coloured("bold", headline(elapsedMs))}`,
    "",
    ...columns([["", "answered", "lost", "in flight", "p50", "p95"], ...rows]),
    `failovers ${failovers()}`,
    "",
    ...targetLines(pipeline.inspect(model), process.stdout.columns),
    "",
  ]
}

/** Without a terminal: a line whenever the headline or the state of a target changes. */
function asLines({ pipeline, model, ledgers, headline }: Scene): Show {
  const begin = performance.now()
  const last = new Map<string, string>()
  const say = (subject: string, key: string, text: () => string): void => {
    if (last.get(subject) === key) return
    last.set(subject, key)
    console.log(`${((performance.now() - begin) / 1_000).toFixed(1).padStart(5)} s  ${text()}`)
  }
  const look = (): void => {
    const elapsedMs = performance.now() - begin
    const { nowMs, targets } = pipeline.inspect(model)
    const counts = Object.entries(ledgers).map(([name, ledger]) => {
      const { answered, lost } = ledger.total()
      return `${name}: ${answered} answered, ${lost} lost`
    })
    say("headline", headline(elapsedMs), () => `${headline(elapsedMs)} (${counts.join("; ")})`)
    for (const { id, verdict } of targets) {
      if (verdict.status === "available" && !last.has(id)) last.set(id, "available")
      say(
        id,
        verdict.status,
        () => `  ${id}: ${verdict.status === "available" ? "available again" : inWords(verdict, nowMs)}`,
      )
    }
  }
  look()
  const timer = setInterval(look, 50)
  return { stop: () => clearInterval(timer) }
}
