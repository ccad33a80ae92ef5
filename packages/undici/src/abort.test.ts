import { getEventListeners } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import { createServer } from "node:net"
import { describe, expect, test } from "vitest"
import { failureOf } from "../test/failure-of.ts"
import { listening, serve } from "../test/serve.ts"
import { createUndiciFetch } from "./undici-fetch.ts"

const reason = new Error("enough")

/** A caller that can give up, and whether anybody listens to it. */
function caller() {
  const controller = new AbortController()
  const { signal } = controller
  return {
    signal,
    abort: () => controller.abort(reason),
    get listeners() {
      return getEventListeners(signal, "abort").length
    },
  }
}

/** A server that waits for its requests to be met, and does nothing by itself. */
async function silent() {
  const arriving = Promise.withResolvers<[IncomingMessage, ServerResponse]>()
  const server = await serve((...exchange) => arriving.resolve(exchange))
  return Object.assign(server, { arrival: arriving.promise })
}

/** Rejected by the time that the microtasks are done: nothing had to happen outside. */
async function atOnce(promise: Promise<unknown>): Promise<unknown> {
  let failure: unknown
  promise.catch((error: unknown) => (failure = error))
  await new Promise((resolve) => process.nextTick(resolve))
  return failure
}

describe("an abort ends a request at once, with its reason, and leaves no listener and no socket", () => {
  test("when it came before", async () => {
    await using server = await silent()
    await using fetch = createUndiciFetch()
    const { signal } = { signal: AbortSignal.abort(reason) }
    expect(await atOnce(fetch(server.url, { signal }))).toBe(reason)
    expect([server.openSockets, getEventListeners(signal, "abort").length]).toEqual([0, 0])
  })

  test("before there is a connection", async () => {
    await using server = await silent()
    await using fetch = createUndiciFetch()
    const one = caller()
    const response = fetch(server.url, { signal: one.signal })
    expect(one.listeners).toBe(1)
    one.abort()
    expect(await atOnce(response)).toBe(reason)
    expect(one.listeners).toBe(0)
    // The connection that was asked for is of use to nobody else, and is closed with the next word from it.
    expect(
      await failureOf(Promise.race([server.arrival, fetch.close().then(() => Promise.reject(reason))])),
    ).toBe(reason)
    await server.emptied()
  })

  test("while it waits for a free connection", async () => {
    await using server = await silent()
    await using fetch = createUndiciFetch({ connections: 1 })
    const [first, second] = [caller(), caller()]
    const busy = failureOf(fetch(server.url, { signal: first.signal }))
    await server.arrival
    const waiting = fetch(server.url, { signal: second.signal })
    second.abort()
    expect(await atOnce(waiting)).toBe(reason)
    expect([first.listeners, second.listeners]).toEqual([1, 0])
    first.abort()
    expect(await busy).toBe(reason)
    await server.emptied()
  })

  test("while the server thinks", async () => {
    await using server = await silent()
    await using fetch = createUndiciFetch()
    const one = caller()
    const response = fetch(server.url, { signal: one.signal })
    await server.arrival
    one.abort()
    expect(await atOnce(response)).toBe(reason)
    expect(one.listeners).toBe(0)
    await server.emptied()
  })

  test("while it is being sent, and cancels what is not sent yet", async () => {
    await using server = await silent()
    await using fetch = createUndiciFetch()
    const one = caller()
    const cancelled = Promise.withResolvers<unknown>()
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("sheep")),
      cancel: cancelled.resolve,
    })
    const init = { method: "POST", body, duplex: "half", signal: one.signal } as const
    const response = fetch(server.url, init)
    await server.arrival
    one.abort()
    expect(await atOnce(response)).toBe(reason)
    await cancelled.promise
    await server.emptied()
  })

  test("between two pieces of the body", async () => {
    await using server = await silent()
    await using fetch = createUndiciFetch()
    const one = caller()
    const asked = fetch(server.url, { signal: one.signal })
    const [, answer] = await server.arrival
    answer.write("one piece")
    const reader = (await asked).body?.getReader()
    await reader?.read()
    const next = reader?.read() ?? Promise.resolve()
    expect(one.listeners).toBe(1)
    one.abort()
    expect(await atOnce(next)).toBe(reason)
    expect(one.listeners).toBe(0)
    await server.emptied()
  })

  test("with pieces of the body unread", async () => {
    await using server = await silent()
    await using fetch = createUndiciFetch()
    const one = caller()
    const asked = fetch(server.url, { signal: one.signal })
    const [, answer] = await server.arrival
    answer.write("one piece")
    const { body } = await asked
    one.abort()
    expect(await failureOf(body?.getReader().read() ?? Promise.resolve())).toBe(reason)
    await server.emptied()
  })
})

test("a body that is cancelled closes its connection and leaves no listener", async () => {
  await using server = await silent()
  await using fetch = createUndiciFetch()
  const one = caller()
  const asked = fetch(server.url, { signal: one.signal })
  const [, answer] = await server.arrival
  answer.write("one piece")
  await (await asked).body?.cancel()
  expect(one.listeners).toBe(0)
  await server.emptied()
})

test("a response that is over has left the signal, read or not", async () => {
  await using server = await serve((_, response) => response.end("baa"))
  await using fetch = createUndiciFetch()
  const one = caller()
  const response = await fetch(server.url, { signal: one.signal })
  expect(await response.text()).toBe("baa")
  expect(one.listeners).toBe(0)
  one.abort()
})

test("a request that fails has left the signal", async () => {
  await using server = await listening(createServer((socket) => socket.destroy()))
  await using fetch = createUndiciFetch()
  const one = caller()
  await failureOf(fetch(server.url, { signal: one.signal }))
  await failureOf(fetch("http://a:b@primary.example/", { signal: one.signal }))
  await failureOf(fetch(server.url, { signal: one.signal, headers: { "x-a": "\n" } }))
  expect(one.listeners).toBe(0)
})
