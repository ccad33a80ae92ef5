import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { expect, test } from "vitest"
import { createPipeline } from "./create-pipeline.ts"
import { CallEnded } from "./events.ts"

setFlagsFromString("--expose_gc")
const collect = runInNewContext("gc") as () => void

test("an answer that is dropped unread is given up, and its call ends", async () => {
  let aborted = false
  const pipeline = createPipeline({
    endpoints: [{ id: "one", baseURL: "http://one.example/v1" }],
    fetch: async (_, { signal }) => {
      signal?.addEventListener("abort", () => (aborted = true))
      const first = new TextEncoder().encode('data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n')
      const body = new ReadableStream(
        { pull: (controller) => controller.enqueue(first) },
        { highWaterMark: 0 },
      )
      return new Response(body, { headers: { "content-type": "text/event-stream" } })
    },
  })
  const codes: (string | undefined)[] = []
  pipeline.on(CallEnded, ({ ending }) => codes.push(ending.failure?.code))
  await ask(pipeline)
  for (let turn = 0; turn < 100 && codes.length === 0; turn++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  expect(codes).toEqual(["answer-dropped"])
  expect(aborted).toBe(true)
})

test("a call whose answer was read to its end is gone at the first collection", async () => {
  const pipeline = createPipeline({
    endpoints: [{ id: "one", baseURL: "http://one.example/v1" }],
    fetch: async () => {
      const head = { headers: { "content-type": "text/event-stream" } }
      return new Response('data: {"choices":[{"index":0,"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n', head)
    },
  })
  const calls: WeakRef<object>[] = []
  pipeline.on(CallEnded, ({ call }) => calls.push(new WeakRef(call)))
  for (let count = 0; count < 10; count++) {
    const response = await pipeline.fetch("/chat/completions", { method: "POST", body })
    expect(await response.text()).toContain("[DONE]")
  }
  // Weak references hold on until their turn is over.
  await new Promise((resolve) => setImmediate(resolve))
  collect()
  // The last one may still be on the stack.
  expect(calls.filter((call) => call.deref() !== undefined).length).toBeLessThan(3)
})

const body = JSON.stringify({ model: "m", stream: true, messages: [] })

/** In a frame of its own, so that nothing on the stack holds the response. */
async function ask(pipeline: ReturnType<typeof createPipeline>): Promise<void> {
  const response = await pipeline.fetch("/chat/completions", { method: "POST", body })
  expect(response.status).toBe(200)
}
