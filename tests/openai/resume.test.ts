import { resume } from "@bellwether/resume"
import type { How } from "@bellwether/resume"
import { describe, expect, test } from "vitest"
import { sdks } from "./sdks.ts"
import { question, setUp } from "./stage.ts"

const ways: readonly How[] = ["continue", "splice"]

describe.each(sdks)("$name reads a stream that was cut and resumed as one", ({ sdk }) => {
  const staged = (how: readonly How[], afterContent: number, prefill = true) =>
    setUp(sdk, {
      faults: [{ kind: "stream-reset", afterContent, when: { hits: 1 } }],
      endpoint: { prefill },
      pipeline: { use: [resume({ how })] },
    })

  /** What the client reads of a provider that nothing is wrong with. */
  async function whole(): Promise<string> {
    await using stage = await setUp(sdk)
    const { choices } = await stage.client.chat.completions.create(question)
    return choices[0]?.message.content ?? ""
  }

  test.each(ways)("in a loop over its chunks, %s", async (how) => {
    await using stage = await staged([how], 6)
    const ids = new Set<string>()
    let text = ""
    for await (const chunk of await stage.client.chat.completions.create({ ...question, stream: true })) {
      ids.add(chunk.id)
      text += chunk.choices[0]?.delta.content ?? ""
    }
    expect(text).toBe(await whole())
    expect(ids.size).toBe(1)
    expect(stage.fallback.requests).toHaveLength(1)
  })

  test("through the helper that collects it", async () => {
    await using stage = await staged(["splice"], 4)
    const completion = await stage.client.chat.completions.stream(question).finalChatCompletion()
    expect(completion.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { content: await whole() },
    })
  })

  test("of the Responses API, with its final response", async () => {
    await using stage = await staged(["splice"], 3)
    const stream = stage.client.responses.stream({ model: "gpt-4o", input: "Why do sheep follow a bell?" })
    const numbers: number[] = []
    stream.on("event", (event) => numbers.push((event as { sequence_number: number }).sequence_number))
    const response = await stream.finalResponse()
    expect(response.status).toBe("completed")
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index))
    await using other = await setUp(sdk)
    const plain = await other.client.responses.create({
      model: "gpt-4o",
      input: "Why do sheep follow a bell?",
    })
    // openai 5 puts no `output_text` on what its helper has collected.
    expect(response.output).toMatchObject([{ content: [{ text: plain.output_text }] }])
  })

  test("and gets an error where nobody can go on", async () => {
    await using stage = await staged(["continue"], 3, false)
    const read = async () => {
      for await (const _ of await stage.client.chat.completions.create({ ...question, stream: true }));
    }
    await expect(read()).rejects.toMatchObject({ code: "answer-cut" })
    expect(stage.fallback.requests).toHaveLength(0)
  })
})
