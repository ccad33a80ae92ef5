import { createPipeline } from "@bellwether/core"
import type { Failure, Fetch, KeyOptions } from "@bellwether/core"
import { startHostileProvider } from "@bellwether/testing"
import type { FaultRule } from "@bellwether/testing"
import { createUndiciFetch } from "@bellwether/undici"
import { describe, expect, test } from "vitest"
import { selfSigned } from "../test/certificate.ts"
import { deafPort } from "../test/deaf-port.ts"
import { tlsServer } from "../test/tls-server.ts"
import { remedy } from "./remedy.ts"

const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Hello." }] })

/** How a call to this address ends. */
async function failureAt(
  baseURL: string,
  fetch: Fetch,
  value: KeyOptions["value"] = "sk-1",
): Promise<Failure> {
  await using pipeline = createPipeline({
    endpoints: [{ id: "primary", baseURL, keys: [{ value }] }],
    fetch,
    deadlineMs: 20_000,
  })
  const result = await pipeline.call({ path: "/chat/completions", method: "POST", body })
  if (result.ok) throw new Error("It was answered.")
  return result.failure
}

async function failureOf(fault: FaultRule, fetch: Fetch): Promise<Failure> {
  await using provider = await startHostileProvider({ faults: [fault] })
  return await failureAt(provider.baseURL, fetch)
}

const undici = createUndiciFetch({ connectTimeoutMs: 500 })

describe.for<readonly [string, Fetch]>([
  ["the global fetch", fetch],
  ["@bellwether/undici", undici],
])("through %s", ([, fetch]) => {
  test.for<readonly [FaultRule, string]>([
    [{ kind: "error", error: "invalid-key" }, "The key is wrong, expired or revoked"],
    [
      { kind: "status", status: 403, body: { error: { message: "Forbidden." } } },
      "enable the model for it, or top up",
    ],
    [{ kind: "error", error: "rate-limited" }, "Too many requests at once"],
    [{ kind: "error", error: "insufficient-quota" }, "top it up, or wait for the reset"],
    [{ kind: "error", error: "model-missing" }, "The provider does not know the model"],
    [{ kind: "error", error: "server-error" }, "The provider has trouble of its own"],
    [{ kind: "error", error: "unavailable" }, "overloaded"],
    [{ kind: "connection-reset" }, "The connection was cut"],
    [{ kind: "connection-close" }, "The connection was cut"],
    [{ kind: "body-html" }, "no web page"],
    [{ kind: "redirect" }, "put the address they should go to into baseURL"],
  ])("%o has a remedy", async ([fault, words]) => {
    expect(remedy(await failureOf(fault, fetch))).toContain(words)
  })

  test("where nothing listens", async () => {
    const provider = await startHostileProvider()
    await provider.close()
    expect(remedy(await failureAt(provider.baseURL, fetch))).toContain("Nothing listens there")
  })

  test("a host that has no address", async () => {
    const failure = await failureAt("https://no-such-host.invalid/v1", fetch)
    expect(remedy(failure)).toContain("check baseURL for typos, and the DNS server")
  })

  test("a certificate that nobody trusts", async () => {
    await using server = await tlsServer(selfSigned("localhost", 2020, 2120))
    const failure = await failureAt(`https://localhost:${server.port}/v1`, fetch)
    expect(remedy(failure)).toContain("NODE_EXTRA_CA_CERTS")
    expect(failure.class).toBe("unreachable")
  })

  test("TLS where none is spoken", async () => {
    await using provider = await startHostileProvider()
    const failure = await failureAt(`https://127.0.0.1:${provider.port}/v1`, fetch)
    expect(remedy(failure)).toContain("check http or https")
  })

  test("a key function that fails", async () => {
    const failure = await failureAt("https://primary.example/v1", fetch, () => {
      throw new Error("The vault is sealed.")
    })
    expect(remedy(failure)).toContain("The function that fetches the key failed")
  })
})

test("a connection that is not made in time", async () => {
  await using deaf = await deafPort()
  const failure = await failureAt(`http://127.0.0.1:${deaf.port}/v1`, undici)
  expect(remedy(failure)).toContain("No connection could be made")
})

test.for([
  ["CERT_HAS_EXPIRED", "check the clock of this machine"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "for another host"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "NODE_EXTRA_CA_CERTS"],
  ["EAI_AGAIN", "DNS"],
  ["EHOSTUNREACH", "No connection could be made"],
])("the innermost code counts: %s", ([code, words]) => {
  const cause = new TypeError("fetch failed", { cause: Object.assign(new Error("inside"), { code }) })
  expect(remedy({ class: "unreachable", code: "no-answer", message: "", cause })).toContain(words)
})

test("a failure whose sentence says it all has no remedy", () => {
  expect(remedy({ class: "context-length", code: "context-length", message: "" })).toBeUndefined()
})
