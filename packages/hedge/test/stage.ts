import { createPipeline, seededRandom } from "@bellwether/core"
import type { CallInput, CallResult, Pipeline, Plugin } from "@bellwether/core"
import { scriptedFetch, scriptedProvider, virtualClock } from "@bellwether/testing"
import type { Script, ScriptedProvider, VirtualClock } from "@bellwether/testing"
import { expect } from "vitest"
import { hedge, HedgeLost, HedgeStarted, HedgeWon } from "../src/index.ts"
import type { HedgeOptions } from "../src/index.ts"

/** What a test wants otherwise. */
export interface StageOptions {
  readonly hedge?: HedgeOptions
  /** What stands outside of the hedge. */
  readonly outside?: readonly Plugin[]
  /** What stands inside of it. */
  readonly inside?: readonly Plugin[]
  /** How many attempts a call may make. */
  readonly attempts?: number
}

/** Providers named by their first letters, each with its script, and a hedge over them, in virtual time. */
export interface Stage {
  readonly clock: VirtualClock
  readonly pipeline: Pipeline
  readonly providers: Readonly<Record<string, ScriptedProvider>>
  /** What was told, each as `1000 hedge-started a/default → b/default after 1000`. */
  readonly told: readonly string[]
  /** Makes a call, a streamed chat unless told otherwise, and reads it to its end. */
  ask(input?: Partial<CallInput> & { readonly ask?: object }): Promise<Told>
}

/** What the caller got. */
export interface Told {
  readonly result: CallResult
  /** When the answer, or the failure, was there. */
  readonly atMs: number
  readonly text: string
  /** `target kind outcome` of each attempt. */
  readonly attempts: readonly string[]
}

/** An answer whose head comes so late. */
export const after = (ms: number, says = "Quiet hills") =>
  ({ says, faults: [{ kind: "latency", ms }] }) as const

/** An error that comes so late. */
export const failing = (ms: number, error: "server-error" | "overloaded" = "server-error") =>
  ({
    faults: [
      { kind: "error", error },
      { kind: "latency", ms },
    ],
  }) as const

export function stageOf(scripts: Readonly<Record<string, Script>>, options: StageOptions = {}): Stage {
  const clock = virtualClock()
  const providers = Object.entries(scripts).map(
    ([id, script]) =>
      [id, scriptedProvider({ clock, origin: `https://${id}.test`, tokensPerSecond: 10, script })] as const,
  )
  const pipeline = createPipeline({
    endpoints: providers.map(([id, { baseURL }]) => ({ id, baseURL })),
    use: [
      ...(options.outside ?? []),
      hedge(options.hedge ?? { delayMs: 1_000, maxExtra: 1 }),
      ...(options.inside ?? []),
    ],
    fetch: scriptedFetch(...providers.map(([, provider]) => provider)),
    clock,
    random: seededRandom(1),
    ...(options.attempts !== undefined && { attempts: options.attempts }),
  })
  const told: string[] = []
  pipeline.on(HedgeStarted, ({ from, to, afterMs }) =>
    told.push(`${clock.now()} started ${from.endpoint} → ${to.endpoint} after ${afterMs}`),
  )
  for (const event of [HedgeWon, HedgeLost])
    pipeline.on(event, ({ from, to }) =>
      told.push(`${clock.now()} ${event.name} ${from.endpoint} → ${to.endpoint}`),
    )

  async function ask({ ask: question, ...input }: Parameters<Stage["ask"]>[0] = {}): Promise<Told> {
    const messages = [{ role: "user", content: "Why?" }]
    const body = JSON.stringify({ model: "gpt-4o", stream: true, messages, ...question })
    const result = await pipeline.call({ path: "/chat/completions", method: "POST", body, ...input })
    const atMs = clock.now()
    const read = result.ok ? await result.response.text() : ""
    const text = [...read.matchAll(/"content":"([^"]+)"/g)].map(([, piece]) => piece).join("")
    const attempts = result.call.attempts.map(
      ({ target, kind, ending }) => `${target.endpoint} ${kind} ${ending?.failure?.class ?? "ok"}`,
    )
    return { result, atMs, text, attempts }
  }

  return { clock, pipeline, providers: Object.fromEntries(providers), told, ask }
}

/** Lets everything end, and looks for what was left behind. */
export async function tidy({ clock, providers }: Stage): Promise<void> {
  await clock.advance(0)
  const open = Object.values(providers).map(({ inFlight }) => inFlight)
  expect({ pending: clock.pending, open }).toEqual({ pending: 0, open: open.map(() => 0) })
}
