import { setImmediate } from "node:timers/promises"
import { startHostileProvider } from "@bellwether/testing"
import { bellwether } from "bellwether"
import { expect, test } from "vitest"
import { questions } from "../support/questions.ts"

/** A body of the transport's, and how much has been taken of it. */
function counted({ body, status, headers }: Response, taken: (bytes: number) => void): Response {
  const reader = body?.getReader()
  const source: UnderlyingDefaultSource = {
    async pull(controller) {
      const next = await reader?.read()
      if (next?.value === undefined) return controller.close()
      taken(next.value.length)
      controller.enqueue(next.value)
    },
  }
  return new Response(new ReadableStream(source, { highWaterMark: 0 }), { status, headers })
}

/** A preamble is larger than any event of its stream but the last, and smaller than this. */
const mostHeldBytes = 2_000

test.each(["chat stream", "responses stream", "messages stream"] as const)(
  "of a %s nothing is taken before the caller asks, and no more is held than a preamble or an event",
  async (question) => {
    const answer = (): string => "The flock follows the bell. ".repeat(200)
    await using provider = await startHostileProvider({
      answer,
      faults: [{ kind: "stream-slice", chunkBytes: 100 }],
    })
    let takenBytes = 0
    await using pipeline = bellwether({
      endpoints: [{ id: "only", baseURL: provider.baseURL }],
      fetch: async (url, init) => counted(await fetch(url, init), (bytes) => (takenBytes += bytes)),
    })
    const result = await pipeline.call(questions[question]())
    const reader = result.ok ? result.response.body?.getReader() : undefined
    let readBytes = 0
    let heldBytes = 0
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
      readBytes += next.value.length
      // Time enough to take what has come meanwhile.
      await setImmediate()
      heldBytes = Math.max(heldBytes, takenBytes - readBytes)
    }
    expect(readBytes).toBeGreaterThan(100_000)
    expect(readBytes).toBe(takenBytes)
    expect(heldBytes).toBeLessThan(mostHeldBytes)
  },
)
