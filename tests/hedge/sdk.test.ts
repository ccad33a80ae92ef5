import { hedge } from "@bellwether/hedge"
import { describe, expect, test } from "vitest"
import { sdks } from "../openai/sdks.ts"
import { only, question, setUp } from "../openai/stage.ts"

describe.each(sdks)("$name over a pipeline that hedges", ({ sdk }) => {
  test.for([
    ["sends nothing", { kind: "black-hole" }],
    ["sends nothing but comments", { kind: "stream-stall", afterContent: 0, keepAliveEveryMs: 5 }],
  ] as const)("a primary that %s is given up for the fallback", async ([, fault]) => {
    await using stage = await setUp(sdk, {
      faults: [fault],
      pipeline: { use: [hedge({ delayMs: 20, maxExtra: 1 })] },
    })
    let text = ""
    for await (const { choices } of await stage.client.chat.completions.create({ ...question, stream: true }))
      text += choices[0]?.delta.content ?? ""
    await using whole = await setUp(sdk)
    const { choices } = await whole.client.chat.completions.create(question)
    expect(text).toBe(choices[0]?.message.content)
    expect(only(stage.fallback).status).toBe(200)
    await stage.primary.until(({ requests }) => requests[0]?.ending === "aborted-by-client")
  })
})
