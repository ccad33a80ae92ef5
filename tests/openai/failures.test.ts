import { describe, expect, test } from "vitest"
import { sdks } from "./sdks.ts"
import { only, question, retryCounts, setUp } from "./stage.ts"

const failureOf = (call: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(call).then(
    () => undefined,
    (error: unknown) => error,
  )

describe.each(sdks)("failures of $name over a pipeline", ({ sdk }) => {
  test.for([
    ["invalid-request", sdk.BadRequestError, 400],
    ["invalid-key", sdk.AuthenticationError, 401],
    ["permission-denied", sdk.PermissionDeniedError, 403],
    ["model-missing", sdk.NotFoundError, 404],
    ["conflict", sdk.ConflictError, 409],
    ["unprocessable", sdk.UnprocessableEntityError, 422],
    ["rate-limited", sdk.RateLimitError, 429],
    ["insufficient-quota", sdk.RateLimitError, 429],
    ["server-error", sdk.InternalServerError, 500],
    ["unavailable", sdk.InternalServerError, 503],
  ] as const)(
    "%s of a sole endpoint is the SDK's own error, as in the bare SDK",
    async ([error, type, status]) => {
      await using stage = await setUp(sdk, { isSole: true, faults: [{ kind: "error", error }] })
      const bare = new sdk.OpenAI({ apiKey: "sk-primary", baseURL: stage.primary.baseURL, maxRetries: 0 })
      const [ours, own] = [
        await failureOf(stage.client.chat.completions.create(question)),
        await failureOf(bare.chat.completions.create(question)),
      ]
      expect(ours).toBeInstanceOf(type)
      const { code, message, param, type: kind, error: body } = own as InstanceType<typeof sdk.APIError>
      expect(ours).toMatchObject({ status, code, message, param, type: kind, error: body })
    },
  )

  test("an error keeps the request id of the provider that gave it", async () => {
    await using stage = await setUp(sdk, { isSole: true })
    const error = await failureOf(stage.client.chat.completions.create({ ...question, model: "gpt-0" }))
    expect(error).toBeInstanceOf(sdk.NotFoundError)
    expect(error).toHaveProperty("requestID", expect.stringMatching(/^req_/))
  })

  test("law 1: the SDK makes one call of it, however often the pipeline tries", async () => {
    await using stage = await setUp(sdk, { faults: [{ kind: "error", error: "server-error" }] })
    stage.fallback.inject({ kind: "error", error: "server-error" })
    const error = await failureOf(stage.client.chat.completions.create(question))
    expect(error).toBeInstanceOf(sdk.InternalServerError)
    const counts = [...retryCounts(stage.primary), ...retryCounts(stage.fallback)]
    expect(counts.length).toBeGreaterThan(1)
    expect(new Set(counts)).toEqual(new Set(["0"]))
  })

  test("law 1: with its retries turned on again the SDK still makes one call of it", async () => {
    await using stage = await setUp(sdk, { isSole: true, faults: [{ kind: "error", error: "server-error" }] })
    await failureOf(stage.client.chat.completions.create(question, { maxRetries: 5 }))
    expect(new Set(retryCounts(stage.primary))).toEqual(new Set(["0"]))
  })

  test("with several endpoints the caller gets the most telling real error", async () => {
    await using stage = await setUp(sdk, { faults: [{ kind: "error", error: "invalid-key" }] })
    stage.fallback.inject({ kind: "connection-reset" })
    const error = await failureOf(stage.client.chat.completions.create(question))
    expect(error).toBeInstanceOf(sdk.APIError)
    expect(error).not.toBeInstanceOf(sdk.APIConnectionError)
  })

  test("an endpoint that cannot be reached is told in the SDK's words, with our code and the trail", async () => {
    await using stage = await setUp(sdk, { isSole: true })
    await stage.primary.stop()
    const error = await failureOf(stage.client.chat.completions.create(question))
    expect(error).toBeInstanceOf(sdk.InternalServerError)
    expect(error).toMatchObject({
      code: "unreachable",
      message: expect.stringContaining("ECONNREFUSED"),
      error: { trail: expect.arrayContaining([expect.objectContaining({ step: "attempt-failed" })]) },
    })
  })

  test.for([
    ["JSON cut in its middle", { kind: "body-cut" }],
    ["JSON cut by a reset", { kind: "body-cut", ending: "reset", chunked: true }],
    ["JSON that does not parse", { kind: "body-malformed" }],
    ["an error in a 200", { kind: "body-error" }],
    ["an HTML page in a 200", { kind: "body-html" }],
    ["an empty 200", { kind: "body-empty" }],
    ["a 204", { kind: "no-content" }],
    ["broken gzip", { kind: "body-gzip" }],
    ["a redirect to another origin", { kind: "redirect" }],
    ["a disabled key", { kind: "error", error: "key-disabled" }],
    ["a used-up quota", { kind: "error", error: "insufficient-quota" }],
    ["a missing model", { kind: "error", error: "model-missing" }],
    ["bytes that are no HTTP", { kind: "not-http" }],
  ] as const)("%s at the primary is answered by the fallback", async ([, fault]) => {
    await using stage = await setUp(sdk, { faults: [fault] })
    const { choices } = await stage.client.chat.completions.create(question)
    expect(choices[0]?.message.content).toMatch(/\w/)
    expect(only(stage.fallback).status).toBe(200)
  })

  test("JSON under another content type is an object all the same", async () => {
    await using stage = await setUp(sdk, {
      faults: [{ kind: "body-content-type", contentType: "text/plain" }],
    })
    const completion = await stage.client.chat.completions.create(question)
    expect(completion).toHaveProperty("choices.0.message.content")
  })

  test("a used-up quota everywhere is the SDK's RateLimitError with the provider's code", async () => {
    await using stage = await setUp(sdk, { faults: [{ kind: "error", error: "insufficient-quota" }] })
    stage.fallback.inject({ kind: "error", error: "insufficient-quota" })
    const error = await failureOf(stage.client.chat.completions.create(question))
    expect(error).toBeInstanceOf(sdk.RateLimitError)
    expect(error).toMatchObject({ code: "insufficient_quota" })
  })
})
