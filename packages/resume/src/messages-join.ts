import type { StreamEvent } from "@bellwether/core"
import type { Usage } from "@bellwether/wire"
import { createFollower } from "./follower.ts"
import type { Fit, Join } from "./join.ts"
import { isJson, readJson, withJson } from "./json-event.ts"
import type { Json } from "./json-event.ts"
import type { How } from "./options.ts"
import { summedUsage } from "./summed-usage.ts"

const usageNames = { input: "input_tokens", output: "output_tokens" }

/**
 * Joins streams of Anthropic Messages. What was delivered must be the one open text block such answers consist of:
 * the continuation's first block goes on in it.
 */
export class MessagesJoin implements Join {
  text = ""
  #blocks = 0
  #isOpen = false
  #isOnlyText = true

  get onlyText(): boolean {
    return this.#isOnlyText && this.#isOpen && this.#blocks === 1
  }

  delivered(event: StreamEvent): void {
    const { text, kind } = event.facts
    if (text !== undefined) this.text += text
    else if (kind === "content") this.#isOnlyText = false
    if (typeOf(event) === "content_block_start") {
      this.#blocks += 1
      this.#isOpen = true
    } else if (typeOf(event) === "content_block_stop") this.#isOpen = false
  }

  fit(how: How, spent: Usage): Fit {
    const follower = createFollower(how, this.text)
    const trailing = /\s*$/.exec(this.text)?.[0] ?? ""
    // The end of the text was asked for without its white space, which the caller has already.
    let skip = how === "continue" ? trailing : ""
    let blocks = 0
    return (event) => {
      const json = readJson(event)
      if (json === undefined) return event
      switch (json["type"]) {
        case "message_start":
        case "ping":
          return "drop"
        case "content_block_start":
          blocks += 1
          if (blocks === 1) return isTextBlock(json) ? "drop" : "diverged"
          return follower.caughtUp ? event : "diverged"
        case "content_block_delta": {
          const { text } = event.facts
          if (text === undefined) return follower.caughtUp ? event : "diverged"
          let fresh = follower.next(text)
          if (fresh === undefined) return "diverged"
          if (skip !== "" && fresh !== "") {
            if (fresh.startsWith(skip)) fresh = fresh.slice(skip.length)
            skip = ""
          }
          return fresh === "" ? "drop" : withJson(event, withText(json, fresh))
        }
        case "content_block_stop": {
          const held = follower.finish()
          if (held === undefined) return "diverged"
          return held === "" ? event : afterText(event, json, held)
        }
        case "message_delta":
          return withJson(event, { ...json, usage: summedUsage(json["usage"], spent, usageNames) })
        default:
          return event
      }
    }
  }
}

const typeOf = (event: StreamEvent): unknown => event.type ?? readJson(event)?.["type"]

const isTextBlock = ({ content_block: block }: Json): boolean => isJson(block) && block["type"] === "text"

const withText = (json: Json, text: string): Json => ({ ...json, delta: { type: "text_delta", text } })

/** The end of a block, behind the text that was held back. */
function afterText(event: StreamEvent, { index }: Json, text: string): StreamEvent {
  const delta = withJson(
    { ...event, type: "content_block_delta" },
    withText({ type: "content_block_delta", index }, text),
  )
  const bytes = new Uint8Array(delta.bytes.length + event.bytes.length)
  bytes.set(delta.bytes)
  bytes.set(event.bytes, delta.bytes.length)
  return { ...event, bytes }
}
