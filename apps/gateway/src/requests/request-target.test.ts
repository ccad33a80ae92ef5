import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { targetFault } from "./request-target.ts"

describe("a request's target", () => {
  test.each([
    "/v1/chat/completions",
    "/v1/models/org%2Fmodel",
    "/v1/models/gpt-4o.1",
    "/v1/files?after=..%2F..",
    "/v1//chat/completions",
    "/v1/files/a%25b",
    "/status/assets/index-x_1.js",
  ])("%s is fine", (target) => expect(targetFault(target)).toBeUndefined())

  test.each([
    "",
    "*",
    "http://evil.example/v1/models",
    "evil.example:443",
    "//evil.example",
    "/v1/..",
    "/v1/./models",
    "/v1/..;/admin",
    "/v1/%2e%2E/admin",
    "/v1/%252e%252e%252fadmin",
    "/v1/a%5c..%5cb",
    "/v1/a\\b",
    "/v1/%00",
    "/v1/%0d%0aX: 1",
    "/v1/%",
    "/v1/%ff",
  ])("%j is refused", (target) => expect(targetFault(target)?.status).toBe(400))

  test("that is let through stays below its first segment, for whoever decodes it however often", () => {
    const piece = fc.constantFrom(
      "/",
      ".",
      "..",
      "%2e",
      "%2f",
      "%25",
      "2e",
      "2f",
      "\\",
      "%5c",
      "a",
      "v1",
      ";",
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const target = `/v1/${pieces.join("")}`
        fc.pre(targetFault(target) === undefined)
        let path = target
        for (let rounds = 0; rounds < 3; rounds++) {
          expect(new URL(path.replaceAll("\\", "/"), "http://host").pathname.startsWith("/v1/")).toBe(true)
          try {
            path = decodeURIComponent(path)
          } catch {
            break
          }
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
