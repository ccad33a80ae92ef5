import { spawn } from "node:child_process"
import { once } from "node:events"
import { writeFile } from "node:fs/promises"
import { startHostileProvider } from "@bellwether/testing"
import OpenAI from "openai"
import { describe, expect, test } from "vitest"
import { configPlace, gatewayMain, startGateway } from "./gateway-process.ts"
import { question } from "./stage.ts"

const clientOf = (url: string): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0 })

/** A gateway in the middle of a stream. */
async function streaming() {
  const resources = new AsyncDisposableStack()
  const place = resources.use(await configPlace())
  const provider = resources.use(await startHostileProvider({ tokensPerSecond: 100 }))
  const endpoints = [{ id: "one", baseURL: provider.baseURL, key: "sk" }]
  await place.write({ gateway: { port: 0 }, endpoints })
  const gateway = resources.use(await startGateway([], place.directory))
  const stream = await clientOf(gateway.url).chat.completions.create({ ...question, stream: true })
  const pieces = stream[Symbol.asyncIterator]()
  await pieces.next()
  return {
    gateway,
    /** Reads on. @returns why it ended */
    async rest() {
      let reason: string | null | undefined
      for (let next = await pieces.next(); !next.done; next = await pieces.next())
        reason = next.value.choices[0]?.finish_reason ?? reason
      return reason
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

describe("the gateway as a process", () => {
  test("runs on demo providers where there is no config, and says how to call it", async () => {
    await using place = await configPlace()
    await using gateway = await startGateway(["--port", "0"], place.directory)
    const { choices } = await clientOf(gateway.url).chat.completions.create(question)
    expect(choices[0]?.message.content).not.toBe("")
    expect(gateway.output.join("\n")).toMatch(/curl http:\S+\/v1\/chat\/completions/)
    await gateway.said("gateway-open")
    const ended = once(gateway.child, "exit")
    gateway.child.kill("SIGTERM")
    await gateway.said("gateway-closed")
    expect(await ended).toEqual([0, null])
  })

  test("takes over a changed file at once or by SIGHUP, keeps what runs where the file is wrong, and loses no call", async () => {
    await using place = await configPlace()
    await using one = await startHostileProvider({ keys: ["sk-1"], tokensPerSecond: 200 })
    await using two = await startHostileProvider({ keys: ["sk-2"] })
    const write = (config: object) => place.write({ gateway: { port: 0 }, ...config })
    await write({ endpoints: [{ id: "one", baseURL: one.baseURL, key: "sk-1" }] })
    await using gateway = await startGateway([], place.directory)
    const client = clientOf(gateway.url)
    const early = Array.from({ length: 5 }, () => client.chat.completions.create(question))
    await one.until(({ inFlight }) => inFlight === 5)

    await write({ endpoints: [{ id: "two", baseURL: two.baseURL, key: "sk-2" }] })
    await gateway.said("config-taken")
    const { response } = await client.chat.completions.create(question).withResponse()
    expect(response.headers.get("x-bellwether-target")).toBe("two/key-1")
    await expect(Promise.all(early)).resolves.toHaveLength(5)

    await writeFile(place.file, `{ "endpoints": [{ "id": "two", "baseURl": "sk-secret-in-a-wrong-place" }] }`)
    const refused = await gateway.said("config-refused")
    expect(refused["reason"]).toContain("baseURl")
    expect(gateway.output.join("\n")).not.toContain("sk-secret")
    await client.chat.completions.create(question)

    await write({ endpoints: [{ id: "one", baseURL: one.baseURL, key: "sk-1" }] })
    await gateway.said("config-taken")
    gateway.child.kill("SIGHUP")
    await gateway.said("config-taken")
  })

  test("ends its streams before it ends", async () => {
    await using stage = await streaming()
    const ended = once(stage.gateway.child, "exit")
    stage.gateway.child.kill("SIGTERM")
    await stage.gateway.said("gateway-closing")
    expect(await stage.rest()).toBe("stop")
    expect(await ended).toEqual([0, null])
  })

  test("ends at once when told twice", async () => {
    await using stage = await streaming()
    const ended = once(stage.gateway.child, "exit")
    stage.gateway.child.kill("SIGTERM")
    await stage.gateway.said("gateway-closing")
    stage.gateway.child.kill("SIGTERM")
    expect(await ended).toEqual([1, null])
    await expect(stage.rest()).rejects.toThrow("terminated")
  })

  test("says what is wrong when it cannot start", async () => {
    await using place = await configPlace()
    await writeFile(place.file, "{}")
    const child = spawn(process.execPath, ["--conditions=@bellwether/source", gatewayMain], {
      cwd: place.directory,
      stdio: ["ignore", "ignore", "pipe"],
    })
    const said = child.stderr.setEncoding("utf8").reduce<string>((text, piece) => text + String(piece), "")
    expect(await once(child, "exit")).toEqual([1, null])
    expect(await said).toContain("endpoints")
  })
})
