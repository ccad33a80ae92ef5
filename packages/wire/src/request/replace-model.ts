import { hasKey, type Member, visitMembers } from "./json-members.ts"

const encoder = new TextEncoder()

/**
 * The body with the value of its top-level `model` replaced, every other byte as it was. A body without one, or that
 * is no JSON object, comes back as it is. Of several the last is replaced, which is the one that parsers believe.
 */
export const replaceModel = <Body extends string | Uint8Array>(body: Body, model: string): Body => {
  let found: Member | undefined
  const whole = visitMembers(body, (member) => {
    if (hasKey(body, member, "model")) found = member
  })
  return whole && found ? (splice(body, found, JSON.stringify(model)) as Body) : body
}

const splice = (
  body: string | Uint8Array,
  { valueStart, valueEnd }: Member,
  value: string,
): string | Uint8Array => {
  if (typeof body === "string") return body.slice(0, valueStart) + value + body.slice(valueEnd)
  const bytes = encoder.encode(value)
  const spliced = new Uint8Array(body.length - (valueEnd - valueStart) + bytes.length)
  spliced.set(body.subarray(0, valueStart))
  spliced.set(bytes, valueStart)
  spliced.set(body.subarray(valueEnd), valueStart + bytes.length)
  return spliced
}
