import type { StreamEvent } from "@bellwether/core"
import type { Usage } from "@bellwether/wire"
import { createFollower } from "./follower.ts"
import type { Fit, Join } from "./join.ts"
import { isJson, readJson, withJson } from "./json-event.ts"
import type { Json } from "./json-event.ts"
import type { How } from "./options.ts"
import { summedUsage } from "./summed-usage.ts"

const usageNames = { input: "input_tokens", output: "output_tokens", total: "total_tokens" }

/** Where the text of a response stands: its ids and its place. */
interface Place {
  readonly item: string
  readonly outputIndex: number
}

/** Joins streams of the Responses API: ids and sequence numbers of the first, the events of the last. */
export class ResponsesJoin implements Join {
  text = ""
  onlyText = true
  #id: string | undefined
  #place: Place | undefined
  #sequence = -1

  delivered(event: StreamEvent): void {
    const { facts } = event
    const json = readJson(event)
    if (json === undefined) return
    this.#id ??= facts.id
    if (typeof json["sequence_number"] === "number") this.#sequence = json["sequence_number"]
    if (facts.text !== undefined) {
      this.text += facts.text
      const place = placeOf(json)
      if (this.#place !== undefined && place?.item !== this.#place.item) this.onlyText = false
      this.#place ??= place
    } else if (facts.kind === "content") this.onlyText = false
  }

  fit(how: How, spent: Usage): Fit {
    const follower = createFollower(how, this.text)
    const ids = new Map<string, string>()
    let shift = 0
    return (event) => {
      const json = readJson(event)
      if (json === undefined) return event
      const { facts } = event
      if (facts.id !== undefined && this.#id !== undefined) ids.set(facts.id, this.#id)
      if (facts.text === undefined) {
        if (follower.caughtUp) return this.#rewritten(event, json, ids, shift, spent)
        return facts.kind === "content" || facts.kind === "final" ? "diverged" : "drop"
      }
      const fresh = follower.next(facts.text)
      if (fresh === undefined) return "diverged"
      const place = placeOf(json)
      if (place !== undefined && this.#place !== undefined) {
        ids.set(place.item, this.#place.item)
        shift = this.#place.outputIndex - place.outputIndex
      }
      return fresh === "" ? "drop" : this.#rewritten(event, { ...json, delta: fresh }, ids, shift, spent)
    }
  }

  #rewritten(
    event: StreamEvent,
    json: Json,
    ids: ReadonlyMap<string, string>,
    shift: number,
    spent: Usage,
  ): StreamEvent {
    const own = withIds(json, ids) as Json
    const { sequence_number: sequence, output_index: index, response } = own
    return withJson(event, {
      ...own,
      ...(typeof sequence === "number" && { sequence_number: ++this.#sequence }),
      ...(typeof index === "number" && { output_index: index + shift }),
      ...(isJson(response) && {
        response: { ...response, usage: summedUsage(response["usage"], spent, usageNames) },
      }),
    })
  }
}

function placeOf({ item_id: item, output_index: outputIndex }: Json): Place | undefined {
  return typeof item === "string" && typeof outputIndex === "number" ? { item, outputIndex } : undefined
}

/** Ids of the continuation become those the caller knows, wherever they stand. */
function withIds(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return ids.get(value) ?? value
  if (Array.isArray(value)) return value.map((entry) => withIds(entry, ids))
  if (!isJson(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withIds(entry, ids)]))
}
