import type { StreamEvent } from "@bellwether/core"
import type { Usage } from "@bellwether/wire"
import { createFollower } from "./follower.ts"
import type { Fit, Join } from "./join.ts"
import { isJson, readJson, withJson } from "./json-event.ts"
import type { Json } from "./json-event.ts"
import type { How } from "./options.ts"
import { summedUsage } from "./summed-usage.ts"

const usageNames = { input: "prompt_tokens", output: "completion_tokens", total: "total_tokens" }

/** Joins streams of chat completions: the first one's id and role, the last one's finish, the usage of all. */
export class ChatJoin implements Join {
  text = ""
  onlyText = true
  /** What all chunks of one stream have in common. */
  #head: Json | undefined

  delivered(event: StreamEvent): void {
    const { kind, text } = event.facts
    if (this.#head === undefined) this.#head = headOf(event)
    if (text !== undefined) this.text += text
    else if (kind === "content") this.onlyText = false
  }

  fit(how: How, spent: Usage): Fit {
    const follower = createFollower(how, this.text)
    return (event) => {
      const json = readJson(event)
      if (json === undefined) return event
      const { facts } = event
      const choice = firstChoice(json)
      const finishes = typeof choice?.["finish_reason"] === "string" && choice["finish_reason"] !== ""
      const fresh = facts.text === undefined ? "" : follower.next(facts.text)
      const held = finishes ? follower.finish() : ""
      if (fresh === undefined || held === undefined) return "diverged"
      const isOtherContent = facts.kind === "content" && facts.text === undefined
      if (isOtherContent && !follower.caughtUp) return "diverged"
      if (fresh + held === "" && !finishes && !isOtherContent && !isJson(json["usage"])) return "drop"
      return withJson(event, {
        ...json,
        ...this.#head,
        ...(choice !== undefined && { choices: [withText(choice, fresh + held, isOtherContent)] }),
        ...(isJson(json["usage"]) && { usage: summedUsage(json["usage"], spent, usageNames) }),
      })
    }
  }
}

function headOf(event: StreamEvent): Json | undefined {
  const json = readJson(event)
  if (json === undefined || !("id" in json)) return undefined
  return { id: json["id"], ...("created" in json && { created: json["created"] }) }
}

function firstChoice({ choices }: Json): Json | undefined {
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined
  return isJson(first) ? first : undefined
}

/** The choice with another text, and without the role: the caller has one. */
function withText(choice: Json, text: string, keepsRest: boolean): Json {
  if ("text" in choice) return { ...choice, text }
  const { role: _, content, ...rest } = isJson(choice["delta"]) ? choice["delta"] : {}
  const hasText = text !== "" || (typeof content === "string" && !keepsRest)
  return { ...choice, delta: hasText ? { ...rest, content: text } : rest }
}
