import { expect, test } from "vitest"
import { deadlineOf } from "./deadline.ts"
import { forwardedHeaders } from "./forwarded-headers.ts"
import { hostName, isLoopback } from "./loopback.ts"

test("headers of one connection, of the caller's way here and of its browser stay here", () => {
  const forwarded = forwardedHeaders({
    connection: "close, X-Own",
    "x-own": "1",
    "x-forwarded-proto": "https",
    "sec-fetch-site": "same-origin",
    "accept-encoding": "br",
    origin: "https://app.example",
    "anthropic-version": "2023-06-01",
    "openai-beta": "assistants=v2",
    "content-type": "application/json",
    "set-cookie": ["a=b"],
  })
  expect(forwarded).toEqual({
    connection: "close, X-Own",
    "anthropic-version": "2023-06-01",
    "openai-beta": "assistants=v2",
    "content-type": "application/json",
  })
})

test.each([
  [undefined, undefined],
  ["60", 59_950],
  ["9", 10_000],
  ["0", undefined],
  ["2147483", undefined],
  ["-1", undefined],
  ["1e3", undefined],
])("a timeout of %s seconds leaves a call %s ms", (told, expected) => {
  expect(deadlineOf({ "x-stainless-timeout": told })).toBe(expected)
})

test.each([
  ["localhost:8090", true],
  ["127.0.0.1", true],
  ["[::1]:80", true],
  ["gateway.localhost", true],
  ["127.0.0.1.evil.example", false],
  ["localhost.evil.example", false],
  ["10.0.0.1", false],
  ["", false],
])("the host %j is this machine's own: %s", (host, expected) => {
  expect(isLoopback(hostName(host))).toBe(expected)
})
