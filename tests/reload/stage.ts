import { scriptedFetch, scriptedProvider, seededRandom, virtualClock } from "@bellwether/testing"
import type { Fault, ScriptedProvider, VirtualClock } from "@bellwether/testing"
import { bellwether } from "bellwether"
import type { Bellwether, BellwetherOptions } from "bellwether"
import type { CallInput, CallResult, CallRecord } from "@bellwether/core"

export type Options = Partial<BellwetherOptions>

/** The preset over two scripted providers, in virtual time; reloaded as often as a test likes. */
export interface Stage {
  readonly clock: VirtualClock
  readonly primary: ScriptedProvider
  readonly backup: ScriptedProvider
  /** A pipeline, with the state of an earlier one. */
  open(options?: Options, earlier?: Bellwether): Bellwether
}

/** Where the providers are, and with which keys. */
export const endpoints = (keys: Partial<Record<"primary" | "backup", string>> = {}) =>
  (["primary", "backup"] as const).map((id) => ({
    id,
    baseURL: `https://${id}.test/v1`,
    key: keys[id] ?? `sk-${id}`,
  }))

export function stageOf(): Stage {
  const clock = virtualClock()
  const [primary, backup] = ["primary", "backup"].map((id) =>
    scriptedProvider({ clock, origin: `https://${id}.test`, latencyMs: 100, tokensPerSecond: 10 }),
  ) as [ScriptedProvider, ScriptedProvider]
  let opened = 0
  return {
    clock,
    primary,
    backup,
    open: (options, earlier) =>
      bellwether({
        endpoints: endpoints(),
        fetch: scriptedFetch(primary, backup),
        clock,
        random: seededRandom(opened++),
        ...(earlier && { state: earlier.state }),
        ...options,
      }),
  }
}

export const broken: Fault = { kind: "error", error: "server-error" }
export const revoked: Fault = { kind: "error", error: "invalid-key" }
export const limited = (ms: number): Fault => ({
  kind: "error",
  error: "rate-limited",
  retryAfter: { as: "milliseconds", ms },
})

const question = (stream: boolean, input: Partial<CallInput> = {}): CallInput => ({
  path: "/chat/completions",
  method: "POST",
  body: JSON.stringify({ model: "gpt-4o", stream, messages: [{ role: "user", content: "Why?" }] }),
  ...input,
})

/** Makes a call, and reads its answer to the end. */
export async function ask(
  { clock }: Stage,
  pipeline: Bellwether,
  input?: Partial<CallInput>,
): Promise<CallResult> {
  const result = await clock.runUntil(pipeline.call(question(false, input)))
  if (result.ok) await clock.runUntil(result.response.text())
  return result
}

/** A stream that has begun; its text, when it is over. */
export async function begun(
  { clock }: Stage,
  pipeline: Bellwether,
): Promise<{ readonly call: CallResult["call"]; readonly text: Promise<string> }> {
  const result = await clock.runUntil(pipeline.call(question(true)))
  if (!result.ok) throw result.error
  return { call: result.call, text: result.response.text() }
}

/** The endpoints a call went to. */
export const route = ({ call }: Pick<CallResult, "call">): readonly string[] =>
  call.attempts.map(({ target }) => target.endpoint)

/** Ends a pipeline as a server does: when its calls are over. */
export async function retire({ clock }: Stage, pipeline: Bellwether): Promise<void> {
  await clock.runUntil(pipeline.idle())
  await pipeline.close()
}

/** Where a call ended that is over. */
export const outcomeOf = (record: CallRecord | undefined) => record?.trail.at(-1)?.step
