import { describe, expect, test } from "vitest"
import { sdks } from "./sdks.ts"
import { only, question, retryCounts, setUp } from "./stage.ts"

const hung = { kind: "black-hole" } as const

describe.each(sdks)("the time $name gives a call over a pipeline", ({ sdk }) => {
  test("law 8: an abort before the headers is the SDK's own abort, and closes the connection", async () => {
    await using stage = await setUp(sdk, { faults: [hung] })
    const controller = new AbortController()
    const call = stage.client.chat.completions.create(question, { signal: controller.signal })
    await stage.primary.until(({ inFlight }) => inFlight === 1)
    controller.abort()
    await expect(call).rejects.toBeInstanceOf(sdk.APIUserAbortError)
    await stage.primary.until(({ inFlight }) => inFlight === 0)
    expect(only(stage.primary).ending).toBe("aborted-by-client")
    expect(stage.fallback.requests).toEqual([])
  })

  test("law 1: the client's timeout ends the call a little earlier, so that the error is ours", async () => {
    await using stage = await setUp(sdk, { isSole: true, faults: [hung], client: { timeout: 300 } })
    const error = await stage.client.chat.completions.create(question).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(sdk.InternalServerError)
    expect(error).not.toBeInstanceOf(sdk.APIConnectionError)
    expect(error).toMatchObject({ code: "deadline-exceeded", error: { trail: expect.any(Array) } })
    expect(retryCounts(stage.primary)).toEqual(["0"])
  })

  test("a body that stalls ends with the client's timeout too", async () => {
    const faults = [{ kind: "body-stall" } as const]
    await using stage = await setUp(sdk, { isSole: true, faults, client: { timeout: 300 } })
    const call = stage.client.chat.completions.create(question)
    await expect(call).rejects.toMatchObject({ code: "deadline-exceeded" })
  })

  test("without a timeout the pipeline's own deadline rules", async () => {
    await using stage = await setUp(sdk, { isSole: true, faults: [hung], pipeline: { deadlineMs: 200 } })
    const call = stage.client.chat.completions.create(question)
    await expect(call).rejects.toMatchObject({ code: "deadline-exceeded" })
  })

  test("a short timeout of one request is left to the SDK, which ends it as it would without us", async () => {
    await using stage = await setUp(sdk, { isSole: true, faults: [hung] })
    const call = stage.client.chat.completions.create(question, { timeout: 200 })
    await expect(call).rejects.toBeInstanceOf(sdk.APIConnectionTimeoutError)
    expect(retryCounts(stage.primary)).toEqual(["0"])
    await stage.primary.until(({ inFlight }) => inFlight === 0)
  })
})
