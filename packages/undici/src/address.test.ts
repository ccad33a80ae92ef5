import { expect, test } from "vitest"
import { addressOf } from "./address.ts"

test("an address is the same however often it is asked for, and however many others are in between", () => {
  const url = "https://primary.example:8443/v1/files?after=a%20b#part"
  const address = { origin: "https://primary.example:8443", path: "/v1/files?after=a%20b" }
  expect(addressOf(url)).toEqual(address)
  for (let number = 0; number < 250; number++) {
    expect(addressOf(`http://primary.example/files/${number}`).path).toBe(`/files/${number}`)
    expect(addressOf(url)).toEqual(address)
  }
})

test("an address that is refused is refused again", () => {
  for (let turn = 0; turn < 2; turn++)
    expect(() => addressOf("http://a:b@primary.example/")).toThrow(TypeError)
})
