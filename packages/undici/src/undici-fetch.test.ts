import type { ServerResponse } from "node:http"
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { PipelineError } from "@bellwether/core"
import { Agent, MockAgent } from "undici"
import { describe, expect, test } from "vitest"
import { failureOf } from "../test/failure-of.ts"
import { serve } from "../test/serve.ts"
import { createUndiciFetch } from "./undici-fetch.ts"
import type { UndiciFetchOptions } from "./undici-fetch.ts"

const run = promisify(execFile)

describe("connections", () => {
  test("are used again", async () => {
    await using server = await serve((_, response) => response.end("baa"))
    await using fetch = createUndiciFetch()
    for (let turn = 0; turn < 10; turn++) await (await fetch(server.url)).text()
    // Undici wants a turn of the event loop before it uses one again, and has another one meanwhile.
    expect(server.openSockets).toBeLessThanOrEqual(2)
  })

  test("are no more than allowed, and further requests wait for one", async () => {
    const waiting: ServerResponse[] = []
    await using server = await serve((_, response) => {
      waiting.push(response)
      if (waiting.length >= 2) waiting.shift()?.end("baa")
    })
    await using fetch = createUndiciFetch({ connections: 2 })
    const asked = Array.from({ length: 10 }, async () => (await fetch(server.url)).text())
    await Promise.all(asked.slice(0, 9))
    expect(server.openSockets).toBe(2)
    waiting.shift()?.end("baa")
    await Promise.all(asked)
  })

  test("that idle do not keep a process alive", async () => {
    await using server = await serve((_, response) => response.end("baa"))
    const source = new URL("index.ts", import.meta.url).href
    const code = `
      const { createUndiciFetch } = await import(${JSON.stringify(source)})
      const fetch = createUndiciFetch({ keepAliveMs: 3_600_000 })
      console.log(await (await fetch(${JSON.stringify(server.url)})).text())
    `
    const { stdout } = await run(process.execPath, [
      "--conditions=@bellwether/source",
      "--input-type=module",
      "--eval",
      code,
    ])
    expect(stdout).toBe("baa\n")
  })
})

describe("close", () => {
  test("waits for requests under way, takes no more, and closes the connections", async () => {
    const arriving = Promise.withResolvers<() => void>()
    await using server = await serve((_, response) => arriving.resolve(() => response.end("baa")))
    const fetch = createUndiciFetch()
    const text = fetch(server.url).then((response) => response.text())
    const answer = await arriving.promise
    const closed = fetch.close()
    expect(await failureOf(fetch(server.url))).toMatchObject({ cause: { code: "UND_ERR_CLOSED" } })
    answer()
    expect(await text).toBe("baa")
    await closed
    await fetch.close()
    await server.emptied()
  })

  test("leaves a dispatcher that was given to whoever made it", async () => {
    await using server = await serve((_, response) => response.end("baa"))
    const dispatcher = new Agent()
    const fetch = createUndiciFetch({ dispatcher })
    await fetch.close()
    expect(await (await fetch(server.url)).text()).toBe("baa")
    await dispatcher.close()
  })
})

test("a given dispatcher sends the requests", async () => {
  const dispatcher = new MockAgent()
  dispatcher.disableNetConnect()
  const intercept = { path: "/v1/models", headers: { authorization: "Bearer sk-1" } }
  dispatcher.get("https://primary.example").intercept(intercept).reply(200, { data: [] })
  const fetch = createUndiciFetch({ dispatcher })
  const init = { headers: { authorization: "Bearer sk-1" } }
  expect(await (await fetch("https://primary.example/v1/models", init)).json()).toEqual({ data: [] })
  await dispatcher.close()
})

test("a dispatcher that throws fails the request", async () => {
  const dispatcher = {
    dispatch(): boolean {
      throw new Error("worn out")
    },
  }
  expect(await failureOf(createUndiciFetch({ dispatcher })("http://primary.example/"))).toMatchObject({
    message: "worn out",
  })
})

test("an SDK need not ask which `Response` it gets", () => {
  expect(createUndiciFetch().Response).toBe(Response)
})

describe("options that make no sense are refused", () => {
  test.each<[UndiciFetchOptions, string]>([
    [{ connections: 0 }, "createUndiciFetch.connections must be a whole number of at least 1, not 0"],
    [{ connectTimeoutMs: -1 }, "createUndiciFetch.connectTimeoutMs must be"],
    [{ keepAliveMs: NaN }, "createUndiciFetch.keepAliveMs must be"],
    [{ acceptEncoding: "" }, "createUndiciFetch.acceptEncoding must be"],
    [{ dispatcher: "agent" as never }, "createUndiciFetch.dispatcher must be an undici dispatcher"],
    [{ connection: 1 } as never, "createUndiciFetch.connection is not an option"],
  ])("%o", (options, sentence) => {
    expect(() => createUndiciFetch(options)).toThrow(PipelineError)
    expect(() => createUndiciFetch(options)).toThrow(sentence)
  })
})
