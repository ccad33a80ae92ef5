import { createPipeline } from "@bellwether/core"
import type { CallInput, CallResult, EndpointOptions, Fetch, Pipeline, Plugin } from "@bellwether/core"
import { virtualClock } from "@bellwether/testing"
import type { VirtualClock } from "@bellwether/testing"

/** What a provider answers, by the host it is asked at. */
export type Answers = (host: string, request: Request) => Response | Promise<Response>

/** A pipeline over providers that say what they are told to. */
export interface Stage {
  readonly clock: VirtualClock
  readonly pipeline: Pipeline
  /** Asks for a model, and reads the answer to its end. */
  ask(model: string, more?: Partial<CallInput>): Promise<CallResult>
}

export interface StageOptions {
  readonly use: readonly Plugin[]
  readonly answers?: Answers
  /** More about the endpoints, by id. @default one, `official` */
  readonly endpoints?: Readonly<Record<string, Partial<EndpointOptions>>>
}

/** A plain answer that was billed for so much. */
export const billed = (usage: object | undefined): Response =>
  Response.json({ id: "chatcmpl-1", choices: [{ index: 0, message: { content: "Because." } }], usage })

/** A refusal. */
export const refused = (status: number): Response => Response.json({ error: { message: "no" } }, { status })

export function stageOf({ use, answers, endpoints = { official: {} } }: StageOptions): Stage {
  const clock = virtualClock({ date: Date.UTC(2026, 8, 23, 12) })
  const answer = answers ?? (() => billed({ prompt_tokens: 1_000, completion_tokens: 100 }))
  const fetch: Fetch = async (url, init) => {
    const request = new Request(url, init)
    return answer(new URL(request.url).hostname.split(".")[0] ?? "", request)
  }
  const pipeline = createPipeline({
    endpoints: Object.entries(endpoints).map(([id, more]) => ({
      id,
      baseURL: `https://${id}.test/v1`,
      key: "sk-secret",
      ...more,
    })),
    use,
    fetch,
    clock,
  })
  const body = (model: string): string =>
    JSON.stringify({ model, messages: [{ role: "user", content: "Why do sheep follow a bell?" }] })
  const read = async (input: CallInput): Promise<CallResult> => {
    const result = await pipeline.call(input)
    if (result.ok) await result.response.text()
    return result
  }
  return {
    clock,
    pipeline,
    ask: (model, more) =>
      clock.runUntil(read({ method: "POST", path: "/chat/completions", body: body(model), ...more })),
  }
}
