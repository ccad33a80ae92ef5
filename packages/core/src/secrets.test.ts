import { inspect } from "node:util"
import { virtualClock } from "@bellwether/testing"
import { describe, expect, test } from "vitest"
import { bytes, chunked, eventStream, recording } from "../test/answers.ts"
import type { SentRequest } from "../test/answers.ts"
import { failover, keyless, pipelineOver } from "../test/pipelines.ts"
import { serve } from "../test/serve.ts"
import { chatAnswer, chatStream, contentOf, plain, preambleOf, samples, streamed } from "../test/streams.ts"
import { createEndpoint } from "./endpoint.ts"
import * as events from "./events.ts"
import { ListenerFailed } from "./event.ts"
import type { CallInput } from "./read-request.ts"
import type { Plugin } from "./plugin.ts"

const planted = "sk-planted-0123456789"
const fetched = "sk-planted-by-function"

/** Everything a person or a log could make of a value. */
const shown = (value: unknown): string => {
  const seen = new Set<unknown>()
  const once = (_: string, part: unknown): unknown =>
    typeof part === "object" && (seen.has(part) || !seen.add(part)) ? undefined : part
  const inspected = inspect(value, { depth: 12, showHidden: true, maxStringLength: null })
  return `${inspected}\n${JSON.stringify(value, once)}`
}

const keyOf = ({ headers }: SentRequest): string => headers.get("authorization") ?? "none"
const asJson = (value: unknown): string => JSON.stringify(value)

/** Makes a call where every provider repeats the key it was sent, and collects whatever can be seen of it. */
async function overhear(answer: (request: SentRequest) => Response, input: CallInput): Promise<string[]> {
  const seen: unknown[] = []
  const watching: Plugin = {
    name: "watching",
    setup(services) {
      seen.push(services)
      return {
        async attempt(request, next, context) {
          const attempt = await next(request, context)
          seen.push(request, context, attempt)
          return attempt
        },
        inspect: () => ({ targets: services.targets }),
      }
    },
  }
  const pipeline = pipelineOver({
    clock: virtualClock(),
    endpoints: [keyless("a", { keys: [planted, async () => fetched] })],
    use: [failover, watching],
    fetch: recording(answer).fetch,
  })
  for (const type of [...Object.values(events), ListenerFailed])
    pipeline.on<unknown>(type, (data) => seen.push(data))
  const result = await pipeline.call(input)
  seen.push(result, pipeline, pipeline.inspect(), pipeline.describe(), result.call.trail)
  if (result.ok) {
    const reader = result.response.body!.getReader()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        seen.push(Buffer.from(value).toString())
      }
    } catch (error) {
      seen.push(error)
    }
  } else {
    const response = result.toResponse()
    seen.push(result.error, result.error.stack, [...response.headers], await response.text())
  }
  return seen.map(shown)
}

const echo = (request: SentRequest) => ({
  error: {
    message: `Incorrect API key provided: ${keyOf(request)}.`,
    type: "bad",
    code: `code ${keyOf(request)}`,
    param: keyOf(request),
  },
})

describe("law 13: a key is seen nowhere when its provider repeats it", () => {
  const begun = preambleOf(chatStream) + contentOf(chatStream)
  const inBand = (request: SentRequest): string =>
    `event: error\ndata: ${asJson({ type: "error", ...echo(request) })}\n\n`

  test.each<[string, (request: SentRequest) => Response, CallInput]>([
    ["in the body of a 401", (request) => Response.json(echo(request), { status: 401 }), plain()],
    ["in the text of a 500", (request) => new Response(`boom: ${keyOf(request)}`, { status: 500 }), plain()],
    [
      "in the header of an error",
      (request) => new Response("{}", { status: 403, headers: { "x-debug": keyOf(request) } }),
      plain(),
    ],
    ["in a 200", (request) => Response.json(echo(request)), plain()],
    ["in a stream before its content", (request) => eventStream(inBand(request)), streamed()],
    ["in a stream after its content", (request) => eventStream(begun + inBand(request)), streamed()],
    ...samples.map(({ grammar, path }): [string, (request: SentRequest) => Response, CallInput] => [
      `in a ${grammar} stream`,
      (request) => eventStream(inBand(request)),
      streamed(path),
    ]),
    [
      "in a redirect",
      (request) =>
        new Response(null, { status: 307, headers: { location: `https://evil.example/?${keyOf(request)}` } }),
      plain(),
    ],
    ["nowhere, and all is well", () => Response.json(chatAnswer), plain()],
    ["nowhere, and the stream breaks", () => eventStream(chunked([bytes(begun)], "breaks")), streamed()],
  ])("%s", async (_, answer, input) => {
    const seen = await overhear(answer, input)
    expect(seen.length).toBeGreaterThan(8)
    expect(seen.filter((text) => text.includes("planted"))).toEqual([])
  })

  test("and what it says is still told, without the key", async () => {
    const seen = await overhear((request) => Response.json(echo(request), { status: 401 }), plain())
    expect(seen.join("\n")).toContain("Incorrect API key provided: Bearer [key].")
  })
})

test("law 13: an endpoint shows its keys to nobody", () => {
  const endpoint = createEndpoint(keyless("a", { keys: [planted, { id: "x", value: planted }] }), 0)
  expect(shown(endpoint)).not.toContain("planted")
})

test("law 13: plugins that send probes see no key either", async () => {
  const seen: unknown[] = []
  await using server = await serve(({ headers }, response) => {
    seen.push(headers.authorization === `Bearer ${planted}`)
    response.end("{}")
  })
  const probing: Plugin = {
    name: "probing",
    setup: (services) => ({
      async start() {
        const { signal, targets } = services
        seen.push(shown(await services.send(targets[0]!, { method: "GET", path: "/models?x=1", signal })))
      },
    }),
  }
  await using pipeline = pipelineOver({
    endpoints: [{ id: "a", baseURL: server.url, key: planted }],
    use: [probing],
  })
  await pipeline.ready()
  expect(seen).toEqual([true, expect.not.stringContaining("planted")])
  expect(server.arrived[0]?.url).toBe("/models?x=1")
})

test("law 13: the caller's credentials and organization stay with us, over real HTTP", async () => {
  await using server = await serve((_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(asJson(chatAnswer))
  })
  await using pipeline = pipelineOver({ endpoints: [{ id: "a", baseURL: server.url, key: planted }] })
  const headers = {
    authorization: "Bearer sk-caller",
    "api-key": "sk-caller",
    "x-api-key": "sk-caller",
    cookie: "session=caller",
    "openai-organization": "org-caller",
    "openai-project": "project-caller",
    "x-stainless-lang": "js",
  }
  await pipeline.call(plain(undefined, { headers }))
  expect(server.arrived[0]?.headers).toMatchObject({
    authorization: `Bearer ${planted}`,
    "x-stainless-lang": "js",
  })
  expect(asJson(server.arrived[0]?.headers)).not.toContain("caller")
})

describe("a key that a caller has taken for the name of a model", () => {
  const asking = async (key: string, model: string) => {
    const { fetch, requests } = recording(() => Response.json({}, { status: 404 }))
    const pipeline = pipelineOver({ endpoints: [keyless("a"), keyless("b", { key })], fetch })
    const { call } = await pipeline.call({ ...plain(), body: asJson({ model, messages: [] }) })
    return { call, told: shown(pipeline.explain(call.id)), sent: requests[0]?.init.body }
  }

  test("is told to nobody, and sent as it came", async () => {
    const { call, told, sent } = await asking(planted, `gpt ${planted}`)
    expect([call.model, call.attempts[0]?.model]).toEqual(["gpt [key]", "gpt [key]"])
    expect(told).toContain("gpt [key]")
    expect(told).not.toContain(planted)
    expect(sent).toContain(planted)
  })

  test("is left where it is a stand-in for a key, and a word of many names", async () => {
    const model = "lm-studio-community/a-model"
    expect((await asking("lm-studio", model)).call.model).toBe(model)
  })
})
