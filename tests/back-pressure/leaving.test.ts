import { setImmediate } from "node:timers/promises"
import { AttemptEnded } from "@bellwether/core"
import type { Ending } from "@bellwether/core"
import { resume } from "@bellwether/resume"
import type { Fault } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { newest, nextText } from "../streams/clients.ts"
import { setUp } from "../streams/stage.ts"
import type { Stage, StageOptions } from "../streams/stage.ts"

/** A moment in the life of a stream in which its caller can leave. */
interface Phase {
  readonly phase: string
  readonly fault: Fault
  readonly options?: StageOptions
  /** How many texts the caller takes before. */
  readonly texts: number
  /** The provider whose answer goes on. */
  readonly at: "primary" | "fallback"
}

const phase = (name: string, fault: Fault, texts: number, options?: StageOptions): Phase => ({
  phase: name,
  fault,
  texts,
  at: options?.fallbackFault === undefined ? "primary" : "fallback",
  ...(options && { options }),
})

const silence: Fault = { kind: "black-hole" }
const endless = { text: `${" ".repeat(150_000)}baa`.repeat(80) }

/** The caller waits for something that does not come. */
const waiting: readonly Phase[] = [
  phase("before the headers", silence, 0),
  phase("before the first content", { kind: "stream-stall", afterContent: 0 }, 0),
  phase("while another endpoint is tried", { kind: "error", error: "server-error" }, 0, {
    fallbackFault: silence,
  }),
  phase("in the middle of the answer", { kind: "stream-stall", afterContent: 2 }, 2),
  phase("between the last content and the end", { kind: "stream-stall", afterContent: 3 }, 3, {
    text: "baa baa baa",
  }),
  phase("while a cut stream is gone on with", { kind: "stream-cut", afterContent: 2 }, 2, {
    fallbackFault: silence,
    use: [resume({ how: ["splice"] })],
  }),
]

/** The caller has something to do before it reads on. */
const pausing: readonly Phase[] = [
  phase("in the middle of the answer", { kind: "stream-stall", afterContent: 2 }, 1),
  phase("while the provider waits for its reader", { kind: "latency" }, 1, endless),
]

/** Every attempt's ending, as they come. */
function endingsOf({ pipeline }: Stage): readonly Ending[] {
  const endings: Ending[] = []
  pipeline.on(AttemptEnded, ({ ending }) => endings.push(ending))
  return endings
}

describe.each(newest)("law 8: $name", (client) => {
  async function begun({ fault, options, texts, at }: Phase) {
    const stage = await setUp(client, fault, options)
    const endings = endingsOf(stage)
    const caller = new AbortController()
    const pieces = client.pieces(stage.pipeline, caller.signal)
    for (let taken = 0; taken < texts; taken++) await nextText(pieces)
    return { stage, endings, caller, pieces, provider: stage[at] }
  }

  /** How the attempt had ended the moment its caller was gone, and how the provider saw its requests end. */
  async function departure({ endings, provider, stage }: Awaited<ReturnType<typeof begun>>) {
    const { failure, health } = endings.at(-1) ?? {}
    await provider.until(({ inFlight }) => inFlight === 0)
    const seen = provider.requests.map(({ ending }) => ending)
    const inFlight = stage.primary.inFlight + stage.fallback.inFlight
    return { class: failure?.class, health, seen, inFlight }
  }

  /** The upstream request is over on both sides, and blamed on nobody. */
  const left = { class: "cancelled", health: "neutral", seen: ["aborted-by-client"], inFlight: 0 }

  test.each(waiting)("a caller that waits $phase aborts, and the provider sees it go", async (moment) => {
    const call = await begun(moment)
    await using _ = call.stage
    const next = nextText(call.pieces).catch(() => "")
    await call.provider.until(({ requests }) => requests[0]?.json !== undefined)
    await setImmediate()
    call.caller.abort(new Error("enough"))
    expect(await next).toBe("")
    expect(await departure(call)).toEqual(left)
  })

  test.each(pausing)("a caller that pauses $phase aborts, and the provider sees it go", async (moment) => {
    const call = await begun(moment)
    await using _ = call.stage
    call.caller.abort(new Error("enough"))
    expect(await departure(call)).toEqual(left)
  })

  test.each(pausing)("a caller that pauses $phase breaks, and the provider sees it go", async (moment) => {
    const call = await begun(moment)
    await using _ = call.stage
    await call.pieces.return("")
    expect(await departure(call)).toEqual(left)
  })
})
