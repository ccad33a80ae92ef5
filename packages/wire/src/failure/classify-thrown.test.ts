import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { classifyThrown } from "./classify-thrown.ts"
import type { FailureClass } from "./failure-class.ts"

const coded = (code: string, message = ""): Error => Object.assign(new Error(message), { code })
const fetchFailed = (cause: unknown): Error => new TypeError("fetch failed", { cause })
const named = (name: string, message = ""): Error => Object.assign(new Error(message), { name })

// Shapes as the runtimes throw them.
const thrown: readonly (readonly [expected: FailureClass, what: string, error: unknown])[] = [
  ["unreachable", "a refused connection", fetchFailed(coded("ECONNREFUSED"))],
  [
    "unreachable",
    "a host whose addresses all refuse",
    fetchFailed(
      Object.assign(new AggregateError([coded("ECONNREFUSED"), coded("ECONNREFUSED")]), {
        code: "ECONNREFUSED",
      }),
    ),
  ],
  [
    "unreachable",
    "addresses that fail without a common code",
    fetchFailed(new AggregateError([coded("EHOSTUNREACH")])),
  ],
  ["unreachable", "a reset", fetchFailed(coded("ECONNRESET", "read ECONNRESET"))],
  ["unreachable", "a write into a closed socket", fetchFailed(coded("EPIPE"))],
  ["unreachable", "a socket closed from afar", fetchFailed(coded("UND_ERR_SOCKET", "other side closed"))],
  [
    "unreachable",
    "a connection that is never made",
    fetchFailed(coded("UND_ERR_CONNECT_TIMEOUT", "Connect Timeout Error")),
  ],
  ["unreachable", "a name that does not resolve", fetchFailed(coded("ENOTFOUND", "getaddrinfo ENOTFOUND x"))],
  ["unreachable", "a resolver that does not answer", fetchFailed(coded("EAI_AGAIN"))],
  ["unreachable", "an expired certificate", fetchFailed(coded("CERT_HAS_EXPIRED"))],
  ["unreachable", "a certificate of another name", fetchFailed(coded("ERR_TLS_CERT_ALTNAME_INVALID"))],
  ["unreachable", "TLS spoken to a plain port", fetchFailed(coded("ERR_SSL_WRONG_VERSION_NUMBER"))],
  ["unreachable", "Chrome", new TypeError("Failed to fetch")],
  ["unreachable", "Firefox", new TypeError("NetworkError when attempting to fetch resource.")],
  ["unreachable", "Safari", new TypeError("Load failed")],
  [
    "unreachable",
    "Bun",
    coded("ConnectionRefused", "Unable to connect. Is the computer able to access the url?"),
  ],
  [
    "unreachable",
    "Deno",
    new TypeError(
      "error sending request for url (http://x/): client error (Connect): tcp connect error: Connection refused (os error 111)",
    ),
  ],
  [
    "unreachable",
    "Deno without a name",
    new TypeError(
      "error sending request for url (http://x/): client error (Connect): dns error: failed to lookup address information",
    ),
  ],
  ["unreachable", "Workers", new Error("Network connection lost.")],
  [
    "unreachable",
    "an abort that nobody of ours asked for",
    named("AbortError", "This operation was aborted"),
  ],
  ["unreachable", "something unheard of", new Error("?")],
  ["unreachable", "no error at all", undefined],
  ["unreachable", "a text", "boom"],
  [
    "timeout",
    "undici's limit on headers",
    fetchFailed(coded("UND_ERR_HEADERS_TIMEOUT", "Headers Timeout Error")),
  ],
  ["timeout", "undici's limit on bodies", fetchFailed(coded("UND_ERR_BODY_TIMEOUT", "Body Timeout Error"))],
  [
    "timeout",
    "a signal with a limit",
    new DOMException("The operation was aborted due to timeout", "TimeoutError"),
  ],
  [
    "broken-response",
    "something that is not HTTP",
    fetchFailed(named("HTTPParserError", "Response does not match")),
  ],
  ["broken-response", "headers without end", fetchFailed(coded("UND_ERR_HEADERS_OVERFLOW"))],
  [
    "broken-response",
    "a body with broken compression",
    new TypeError("terminated", { cause: coded("Z_DATA_ERROR") }),
  ],
  [
    "broken-response",
    "a body with broken brotli",
    new TypeError("terminated", { cause: coded("ERR__ERROR_FORMAT_PADDING_2") }),
  ],
  [
    "broken-response",
    "a body that ends early, whatever the phase",
    new TypeError("terminated", { cause: coded("UND_ERR_SOCKET", "other side closed") }),
  ],
  [
    "caller-fault",
    "an address that is none",
    new TypeError("Failed to parse URL", { cause: coded("ERR_INVALID_URL") }),
  ],
  [
    "caller-fault",
    "a header that cannot be sent",
    new TypeError('Headers.append: "a\nb" is an invalid header value.'),
  ],
  [
    "caller-fault",
    "a header beyond Latin-1",
    new TypeError(
      "Cannot convert argument to a ByteString because the character at index 0 has a value of 8230.",
    ),
  ],
  ["caller-fault", "a GET with a body", new TypeError("Request with GET/HEAD method cannot have body.")],
  ["caller-fault", "a method that is none", new TypeError("'BAD METHOD' is not a valid HTTP method.")],
  ["caller-fault", "a method nobody sends", new TypeError("'TRACE' HTTP method is unsupported.")],
  [
    "caller-fault",
    "a stream without duplex",
    new TypeError("RequestInit: duplex option is required when sending a body."),
  ],
]

describe("a thrown error", () => {
  test.each(thrown)("is %s for %s", (expected, _, error) => {
    expect(classifyThrown(error).class).toBe(expected)
  })

  test.each([coded("ENOTFOUND"), coded("EAI_AGAIN"), coded("CERT_HAS_EXPIRED"), coded("EPROTO")])(
    "of DNS or TLS (%s) is not tried again on the same target",
    (cause) => {
      expect(classifyThrown(fetchFailed(cause))).toMatchObject({ class: "unreachable", sameTarget: false })
    },
  )

  test("of another kind leaves that to the table", () => {
    expect(classifyThrown(fetchFailed(coded("ECONNRESET")))).not.toHaveProperty("sameTarget")
  })

  test("while the body is read means that the answer was cut", () => {
    expect(classifyThrown(fetchFailed(coded("ECONNRESET")), "body").class).toBe("broken-response")
    expect(classifyThrown(new Error("?"), "body").class).toBe("broken-response")
    expect(classifyThrown(coded("UND_ERR_BODY_TIMEOUT"), "body").class).toBe("timeout")
  })

  test("is known by its code, and its own text, which may hold a secret, stays behind", () => {
    const { error } = classifyThrown(fetchFailed(coded("ECONNREFUSED", "connect to https://x/?key=secret")))
    expect(error.code).toBe("ECONNREFUSED")
    expect(JSON.stringify(error)).not.toContain("secret")
  })

  test("is never described in words that SDKs take for a timeout", () => {
    for (const [, , error] of thrown) expect(classifyThrown(error).error.message).not.toMatch(/timed? ?out/i)
  })

  test("may be its own cause", () => {
    const error = new Error("round") as Error & { cause: unknown }
    error.cause = error
    expect(classifyThrown(error).class).toBe("unreachable")
  })

  test("is searched ten causes deep and no deeper", () => {
    const wrap = (error: Error, times: number): Error =>
      times === 0 ? error : wrap(new Error("wrapped", { cause: error }), times - 1)
    expect(classifyThrown(wrap(coded("UND_ERR_HEADERS_TIMEOUT"), 9)).class).toBe("timeout")
    expect(classifyThrown(wrap(coded("UND_ERR_HEADERS_TIMEOUT"), 10)).class).toBe("unreachable")
  })

  test("may be hostile", () => {
    const trap = new Proxy(new Error("x"), {
      get() {
        throw new Error("trap")
      },
    })
    expect(classifyThrown(trap).class).toBe("unreachable")
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(classifyThrown(value).error.message).toBeTypeOf("string")
      }),
    )
  })
})
