import { CallCosted, cost, genaiPrices, priceList } from "@bellwether/cost"
import type { Cost, CostedCall } from "@bellwether/cost"
import { hedge } from "@bellwether/hedge"
import type { FaultRule } from "@bellwether/testing"
import { calcPrice } from "@pydantic/genai-prices"
import { describe, expect, test } from "vitest"
import { sdks } from "../openai/sdks.ts"
import { question, setUp } from "../openai/stage.ts"

const prices = priceList({ "gpt-4o": { input: 2_000, output: 8_000, cachedInput: 1_000 } })
const inThousandths = { input: 2_000_000, output: 8_000_000, cachedInput: 1_000_000 }
const streamed = { ...question, stream: true, stream_options: { include_usage: true } } as const

/** The network, over which the provider says that it had found tokens in its cache. */
const cacheHits = (tokens: number) => async (url: string, init: RequestInit) => {
  const response = await fetch(url, init)
  const body = (await response.text()).replaceAll('"cached_tokens":0', `"cached_tokens":${tokens}`)
  return new Response(body, {
    status: response.status,
    headers: [["content-type", response.headers.get("content-type") ?? ""]],
  })
}

describe.each(sdks)("$name over a pipeline that counts costs", ({ sdk }) => {
  const stageOf = async (costs: Cost, faults: readonly FaultRule[], more: object = {}) => {
    const stage = await setUp(sdk, { faults, pipeline: { use: [costs], ...more } })
    const told: CostedCall[] = []
    stage.pipeline.on(CallCosted, (costed) => void told.push(costed))
    return Object.assign(stage, { told })
  }

  test("a plain answer and a stream cost their usage, less for what was cached", async () => {
    const costs = cost({ prices })
    await using stage = await stageOf(costs, [], { fetch: cacheHits(3) })
    const { usage } = await stage.client.chat.completions.create(question)
    for await (const _ of await stage.client.chat.completions.create(streamed));
    const { prompt_tokens: input = 0, completion_tokens: output = 0 } = usage ?? {}
    const each =
      (input - 3) * inThousandths.input + 3 * inThousandths.cachedInput + output * inThousandths.output
    expect(costs.snapshot().total).toMatchObject({
      attempts: 2,
      nanoUsd: 2 * each,
      outcomes: { answered: { attempts: 2 } },
      estimated: { attempts: 0 },
      tokens: { input: 2 * input, cachedInput: 6, output: 2 * output },
    })
    expect(stage.told.map(({ nanoUsd }) => nanoUsd)).toEqual([each, each])
  })

  test("a stream that is given up midway costs what it had come to, estimated", async () => {
    const costs = cost({ prices })
    await using stage = await stageOf(costs, [{ kind: "stream-stall", afterContent: 8 }])
    const stream = await stage.client.chat.completions.create(streamed)
    let pieces = 0
    for await (const { choices } of stream)
      if (choices[0]?.delta.content && ++pieces === 8) stream.controller.abort()
    await stage.primary.until(({ requests }) => requests[0]?.ending === "aborted-by-client")
    const { total } = costs.snapshot()
    expect(total.outcomes).toMatchObject({ answered: { attempts: 0 }, cancelled: { attempts: 1 } })
    expect(total.estimated).toEqual(total.outcomes.cancelled)
    expect(total.tokens.input).toBeGreaterThan(0)
    expect(total.tokens.output).toBeGreaterThan(0)
  })

  test("the loser of a hedge has cost its request", async () => {
    const costs = cost({ prices })
    await using stage = await stageOf(costs, [{ kind: "black-hole" }], {
      use: [costs, hedge({ delayMs: 20, maxExtra: 1 })],
    })
    for await (const _ of await stage.client.chat.completions.create(streamed));
    const { total, endpoints } = costs.snapshot()
    expect(total.outcomes).toMatchObject({ answered: { attempts: 1 }, superseded: { attempts: 1 } })
    expect(endpoints["primary"]).toMatchObject({ estimated: { attempts: 1 }, tokens: { output: 0 } })
    expect(endpoints["fallback"]).toMatchObject({ estimated: { attempts: 0 } })
    expect(costs.report().wastedUsd).toBe(total.outcomes.superseded.nanoUsd / 1e9)
    expect(stage.told).toMatchObject([{ nanoUsd: total.nanoUsd, isEstimated: true, unknown: 0 }])
  })

  test("an attempt that the provider refused costs nothing, a stream that was cut what had come", async () => {
    const refused = cost({ prices })
    await using first = await stageOf(refused, [{ kind: "error", error: "server-error" }])
    await first.client.chat.completions.create(question)
    expect(refused.snapshot().endpoints).toMatchObject({ fallback: { attempts: 1 } })
    expect(refused.snapshot().endpoints["primary"]).toBeUndefined()

    const cut = cost({ prices })
    await using second = await stageOf(cut, [{ kind: "stream-cut", afterContent: 3 }])
    const reading = async () => {
      for await (const _ of await second.client.chat.completions.create(streamed));
    }
    await expect(reading()).rejects.toThrow("primary/key-1")
    expect(cut.snapshot().total).toMatchObject({
      outcomes: { failed: { attempts: 1 } },
      estimated: { attempts: 1 },
    })
  })

  test("the cheapest endpoint is chosen by what it takes", async () => {
    const costs = cost({ prices: genaiPrices(calcPrice), endpoints: { fallback: { factor: 0.15 } } })
    await using stage = await setUp(sdk, {
      endpoint: { tier: 0 },
      pipeline: { use: [costs], router: { strategy: "cheapest", patienceMs: 0, soloPatienceMs: 0 } },
    })
    await stage.client.chat.completions.create(question)
    const { models, spentUsd } = costs.report()
    expect(Object.keys(costs.snapshot().endpoints)).toEqual(["fallback"])
    expect(models).toMatchObject([
      { model: "gpt-4o", savedPercent: expect.closeTo(85, 1), paidUsd: spentUsd },
    ])
  })
})
