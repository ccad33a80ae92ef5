import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { exampleRequest } from "../example-request.ts"
import { startHostileProvider, type HostileProvider } from "../hostile-provider.ts"
import { rawExchange } from "../raw-exchange.ts"

let provider: HostileProvider
beforeAll(async () => {
  provider = await startHostileProvider()
})
afterAll(() => provider.close())
beforeEach(() => provider.clear())

const ask = (enough?: (received: string) => boolean) =>
  rawExchange(provider.port, exampleRequest("chat"), enough)
const last = () => provider.requests.at(-1)

describe("faults of the connection", () => {
  test("a reset before the headers sends not one byte", async () => {
    provider.inject({ kind: "connection-reset" })
    const { bytes, ending } = await ask()
    expect({ bytes: bytes.length, ending }).toEqual({ bytes: 0, ending: "reset" })
    expect(last()).toMatchObject({ status: undefined, ending: "reset-by-us", faults: ["connection-reset"] })
  })

  test("a connection closed without an answer ends in order", async () => {
    provider.inject({ kind: "connection-close" })
    const { bytes, ending } = await ask()
    expect({ bytes: bytes.length, ending }).toEqual({ bytes: 0, ending: "end" })
    expect(last()).toMatchObject({ status: undefined, ending: "closed-by-us" })
  })

  test("a black hole takes the request and holds the socket until the client gives up", async () => {
    provider.inject({ kind: "black-hole" })
    const caller = new AbortController()
    const call = fetch(`${provider.baseURL}/models`, { signal: caller.signal })
    await provider.until(() => last()?.faults.includes("black-hole") === true)
    expect(last()).toMatchObject({ status: undefined, firstByteAtMs: undefined, ending: undefined })
    expect(provider.inFlight).toBe(1)
    caller.abort()
    await expect(call).rejects.toThrow(expect.objectContaining({ name: "AbortError" }))
    await provider.until(({ inFlight }) => inFlight === 0)
    expect(last()?.ending).toBe("aborted-by-client")
  })

  test("an answer that is not HTTP is a TLS alert", async () => {
    provider.inject({ kind: "not-http" })
    const { bytes, ending } = await ask()
    expect([...bytes]).toEqual([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28])
    expect(ending).toBe("end")
    await expect(fetch(`${provider.baseURL}/models`)).rejects.toThrow("fetch failed")
  })

  test("a reset after the headers leaves a status and a broken body", async () => {
    provider.inject({ kind: "reset-after-headers" })
    const { head, rest, ending } = await ask()
    expect(head).toMatch(/^HTTP\/1\.1 200 OK/)
    expect({ rest, ending }).toEqual({ rest: "", ending: "reset" })
    const response = await fetch(`${provider.baseURL}/models`)
    await expect(response.text()).rejects.toThrow("terminated")
  })
})
