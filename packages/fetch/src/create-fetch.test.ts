import { createPipeline, PipelineError } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { createFetch } from "./create-fetch.ts"

/** A drop-in fetch over one endpoint, what the endpoint was sent, and what went elsewhere. */
function dropIn() {
  const sent: string[] = []
  const elsewhere: { readonly input: unknown; readonly init: RequestInit | undefined }[] = []
  const pipeline = createPipeline({
    endpoints: [{ id: "primary", baseURL: "https://primary.test/v1", key: "sk-primary" }],
    fetch: async (url, { method, headers }) => {
      sent.push(`${method} ${url} ${new Headers(headers).get("authorization")}`)
      return Response.json({ object: "list", data: [] })
    },
  })
  const fetch = createFetch(pipeline, {
    fetch: async (input, init) => {
      elsewhere.push({ input, init })
      return new Response("elsewhere")
    },
  })
  return { fetch, sent, elsewhere }
}

describe("a drop-in fetch", () => {
  test.for([
    ["a path", "/models"],
    ["an endpoint's URL as text", "https://primary.test/v1/models"],
    ["an endpoint's URL as URL", new URL("https://primary.test/v1/models")],
    ["a Request", new Request("https://primary.test/v1/models")],
  ] as const)("%s goes through the pipeline, with the endpoint's key", async ([, input]) => {
    const { fetch, sent, elsewhere } = dropIn()
    const response = await fetch(input, { headers: { authorization: "Bearer of the caller" } })
    expect(await response.json()).toEqual({ object: "list", data: [] })
    expect(sent).toEqual(["GET https://primary.test/v1/models Bearer sk-primary"])
    expect(elsewhere).toEqual([])
  })

  test.for(["https://elsewhere.test/v1/models", "https://primary.test/other", "data:,", "not a url"])(
    "%s goes out untouched",
    async (input) => {
      const { fetch, sent, elsewhere } = dropIn()
      const init = { headers: { authorization: "Bearer of the caller" } }
      await fetch(input, init)
      expect(elsewhere).toEqual([{ input, init }])
      expect(elsewhere[0]!.init).toBe(init)
      expect(sent).toEqual([])
    },
  )

  test("a Request to somewhere else stays the same object", async () => {
    const { fetch, elsewhere } = dropIn()
    const request = new Request("https://elsewhere.test/")
    await fetch(request)
    expect(elsewhere[0]!.input).toBe(request)
  })

  test("the global fetch is looked up when it is needed, so that it can be replaced later", async () => {
    const { fetch: original } = globalThis
    const fetch = createFetch(createPipeline({ endpoints: [{ id: "a", baseURL: "https://a.test" }] }))
    globalThis.fetch = async () => new Response("replaced")
    try {
      expect(await (await fetch("https://elsewhere.test/")).text()).toBe("replaced")
    } finally {
      globalThis.fetch = original
    }
  })

  test("tells an SDK which Response it gives", () => {
    expect(dropIn().fetch.Response).toBe(globalThis.Response)
  })

  test("an unknown option is refused", () => {
    const pipeline = createPipeline({ endpoints: [{ id: "a", baseURL: "https://a.test" }] })
    const wrong = { fecth: globalThis.fetch }
    expect(() => createFetch(pipeline, wrong as object)).toThrow("did you mean fetch?")
  })

  test("a failed call that no provider answered is thrown with its trail", async () => {
    const fetch = createFetch(
      createPipeline({
        endpoints: [{ id: "a", baseURL: "https://a.test" }],
        fetch: () => Promise.reject(new TypeError("fetch failed")),
      }),
    )
    const error = await fetch("/models").catch((caught: unknown) => caught)
    expect(PipelineError.is(error, "unreachable")).toBe(true)
    expect(error).toHaveProperty("trail")
  })
})
