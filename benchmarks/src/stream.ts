import { bellwether } from "bellwether"
import { measure, print } from "./measure.ts"
import type { Contestant } from "./measure.ts"

const chunks = 500
const encoder = new TextEncoder()
const event = (delta: object, finish: string | null = null): Uint8Array<ArrayBuffer> =>
  encoder.encode(
    `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "gpt-4o", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
  )
const wire = [
  event({ role: "assistant" }),
  ...Array.from({ length: chunks }, (_, index) => event({ content: ` word${index}` })),
  event({}, "stop"),
  encoder.encode("data: [DONE]\n\n"),
]

const fetch = async (): Promise<Response> => {
  let next = 0
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        const chunk = wire[next++]
        if (chunk === undefined) controller.close()
        else controller.enqueue(chunk)
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(stream, { headers: { "content-type": "text/event-stream" } })
}

async function drain(body: ReadableStream<Uint8Array> | null): Promise<void> {
  const reader = body!.getReader()
  while (!(await reader.read()).done);
}

/** Counts by chunk: a turn of a contestant is one chunk. */
const byChunk =
  (open: () => Promise<ReadableStream<Uint8Array> | null>): Contestant =>
  async (count) => {
    for (let turn = 0; turn < count; turn += wire.length) await drain(await open())
  }

const firstOf =
  (open: () => Promise<ReadableStream<Uint8Array> | null>): Contestant =>
  async (count) => {
    for (let turn = 0; turn < count; turn++) {
      const reader = (await open())!.getReader()
      await reader.read()
      await reader.read()
      await reader.cancel()
    }
  }

const pipeline = bellwether({
  endpoints: [{ id: "stub", baseURL: "http://127.0.0.1:9/v1", key: "none" }],
  fetch,
})
const init = {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({
    model: "gpt-4o",
    stream: true,
    messages: [{ role: "user", content: "Tell a story." }],
  }),
}
const through = async () => (await pipeline.fetch("/chat/completions", init)).body

/** What a stream costs on top of reading it. */
export async function stream(): Promise<void> {
  const bare = async () => (await fetch()).body
  print(
    "One SSE chunk of a stream",
    await measure(
      {
        "bare reader": byChunk(bare),
        "through a TransformStream": byChunk(async () => (await bare())!.pipeThrough(new TransformStream())),
        "bellwether, default stack": byChunk(through),
      },
      // Enough for the compiler to be done with its work after the first round, which is not counted.
      { count: wire.length * 200 },
    ),
    "ns",
  )
  print(
    "Up to the first content of a stream",
    await measure(
      { "bare reader": firstOf(bare), "bellwether, default stack": firstOf(through) },
      { count: 2_000 },
    ),
  )
}
