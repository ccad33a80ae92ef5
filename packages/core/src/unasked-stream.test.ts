import { expect, test } from "vitest"
import { bytes, eventStream } from "../test/answers.ts"
import { answered, pipelineOver, refused } from "../test/pipelines.ts"
import { chatStream, plain, streamed } from "../test/streams.ts"

const streaming = () => pipelineOver({ fetch: async () => eventStream(bytes(chatStream.events.join(""))) })

test("a stream that nobody asked for is a broken answer", async () => {
  const { failure } = refused(await streaming().call(plain()))
  expect(failure).toMatchObject({ class: "broken-response", code: "answer-broken" })
})

test("a stream may be asked for in the body, in the query and in a form", async () => {
  const form = new FormData()
  form.set("stream", "true")
  for (const input of [
    streamed(),
    { path: "/responses/resp_1?stream=true" },
    { path: "/audio/transcriptions", method: "POST", body: form },
  ]) {
    const { call } = answered(await streaming().call(input))
    expect(call.stream).toBe(true)
  }
})
