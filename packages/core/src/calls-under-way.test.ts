import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { recording, silent } from "../test/answers.ts"
import { answered, pipelineOver } from "../test/pipelines.ts"
import { chatAnswer, plain } from "../test/streams.ts"

/** Whether it has resolved by now. */
const watched = (promise: Promise<void>): (() => boolean) => {
  let isOver = false
  void promise.then(() => (isOver = true))
  return () => isOver
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

describe("idle", () => {
  test("resolves at once where no call is under way", async () => {
    await expect(pipelineOver({ clock: virtualClock() }).idle()).resolves.toBeUndefined()
  })

  test("waits for the call under way", async () => {
    const { promise, resolve } = Promise.withResolvers<Response>()
    const pipeline = pipelineOver({ clock: virtualClock(), fetch: () => promise })
    const asked = pipeline.call(plain())
    const isIdle = watched(pipeline.idle())
    await turns()
    expect(isIdle()).toBe(false)
    resolve(Response.json(chatAnswer))
    await answered(await asked).response.text()
    await turns()
    expect(isIdle()).toBe(true)
  })

  test("waits for a stream to be read to its end", async () => {
    const pieces = ['data: {"choices":[{"delta":{"content":"a"}}]}\n\n', "data: [DONE]\n\n"]
    const body = () => new Blob(pieces).stream()
    const headers = { "content-type": "text/event-stream" }
    const pipeline = pipelineOver({
      clock: virtualClock(),
      fetch: async () => new Response(body(), { headers }),
    })
    const input = { ...plain(), body: JSON.stringify({ model: "m", messages: [], stream: true }) }
    const { response } = answered(await pipeline.call(input))
    const isIdle = watched(pipeline.idle())
    await turns()
    expect(isIdle()).toBe(false)
    await response.text()
    await turns()
    expect(isIdle()).toBe(true)
  })

  test("waits for a call whose body is still on its way, and is not over in between", async () => {
    const arriving = Promise.withResolvers<Uint8Array>()
    const answer = Promise.withResolvers<Response>()
    const { fetch, requests } = recording(() => answer.promise)
    const pipeline = pipelineOver({ clock: virtualClock(), fetch })
    const body = (async function* () {
      yield await arriving.promise
    })()
    const asked = pipeline.call({ ...plain(), body })
    const isIdle = watched(pipeline.idle())
    await turns()
    expect([isIdle(), requests.length]).toEqual([false, 0])
    arriving.resolve(new TextEncoder().encode('{"model":"m","messages":[]}'))
    await expect.poll(() => requests.length).toBe(1)
    expect(isIdle()).toBe(false)
    answer.resolve(Response.json(chatAnswer))
    await answered(await asked).response.text()
    await turns()
    expect(isIdle()).toBe(true)
  })

  test("does not wait for a call that cannot be read", async () => {
    const pipeline = pipelineOver({ clock: virtualClock() })
    const body = (async function* () {
      yield new Uint8Array(0)
    })()
    const asked = pipeline.call({ path: "no-slash", method: "POST", body })
    const isIdle = watched(pipeline.idle())
    await expect(asked).rejects.toMatchObject({ code: "invalid-path" })
    await turns()
    expect(isIdle()).toBe(true)
  })

  test("is given up with its signal", async () => {
    const controller = new AbortController()
    const { fetch } = recording(silent)
    const pipeline = pipelineOver({ clock: virtualClock(), fetch })
    const asked = pipeline.call(plain())
    const waiting = pipeline.idle(controller.signal)
    controller.abort(new Error("long enough"))
    await expect(waiting).rejects.toThrow("long enough")
    await expect(pipeline.idle(controller.signal)).rejects.toThrow("long enough")
    await pipeline.close()
    await asked
    await pipeline.idle()
  })
})
