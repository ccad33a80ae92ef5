import { expect, test } from "vitest"
import { knownProvider, serverOf } from "./server.ts"

test.each([
  ["api.openai.com", "openai"],
  ["eu.api.openai.com", "openai"],
  ["acme.openai.azure.com", "azure.ai.openai"],
  ["api.x.ai", "x_ai"],
  ["generativelanguage.googleapis.com", "gcp.gemini"],
  ["relay.example", undefined],
  ["notopenai.com", undefined],
  ["openai.com.evil.example", undefined],
  ["localhost", undefined],
  ["constructor", undefined],
])("the provider at %s is %s", (host, name) => {
  expect(knownProvider(host)).toBe(name)
})

test.each([
  ["https://user:secret@relay.example/v1?key=secret", { address: "relay.example", port: 443 }],
  ["http://127.0.0.1/v1", { address: "127.0.0.1", port: 80 }],
  ["http://relay.example:8080/", { address: "relay.example", port: 8080 }],
  ["nonsense", undefined],
])("of %s host and port are told, and nothing else", (url, server) => {
  expect(serverOf(url)).toEqual(server)
})
