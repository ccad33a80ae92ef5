import type { StreamEvent } from "@bellwether/core"

/** A JSON object as it came. */
export type Json = Record<string, unknown>

export const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The object an event carries; `undefined` for `[DONE]`, comments and what is no JSON. */
export function readJson({ data }: Pick<StreamEvent, "data">): Json | undefined {
  if (!data.startsWith("{")) return undefined
  try {
    const value: unknown = JSON.parse(data)
    return isJson(value) ? value : undefined
  } catch {
    return undefined
  }
}

const encoder = new TextEncoder()

/** The event with another object in it. */
export function withJson(event: StreamEvent, json: Json): StreamEvent {
  const data = JSON.stringify(json)
  const field = event.type === undefined ? "" : `event: ${event.type}\n`
  return { ...event, data, bytes: encoder.encode(`${field}data: ${data}\n\n`) }
}
