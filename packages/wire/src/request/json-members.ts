const quote = 0x22
const comma = 0x2c
const colon = 0x3a
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** JSON as text or as UTF-8. */
export type JsonSource = string | Uint8Array

/** Where one member of an object stands; ends are exclusive. Units are those of the source. */
export interface Member {
  readonly keyStart: number
  readonly keyEnd: number
  readonly valueStart: number
  readonly valueEnd: number
}

const codeAt = (source: JsonSource, at: number): number =>
  (typeof source === "string" ? source.charCodeAt(at) : source[at]) ?? NaN

const nextQuote = (source: JsonSource, from: number): number =>
  typeof source === "string" ? source.indexOf('"', from) : source.indexOf(quote, from)

const skipSpace = (source: JsonSource, from: number): number => {
  let at = from
  for (;;) {
    const code = codeAt(source, at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at
    at++
  }
}

/** The place behind the string that opens at `from`, or -1. */
const skipString = (source: JsonSource, from: number): number => {
  let end = nextQuote(source, from + 1)
  while (end !== -1) {
    let escapes = 0
    while (codeAt(source, end - 1 - escapes) === backslash) escapes++
    if (escapes % 2 === 0) return end + 1
    end = nextQuote(source, end + 1)
  }
  return -1
}

/** The place behind the object or list that opens at `from`, or -1. */
const skipNested = (source: JsonSource, from: number): number => {
  let depth = 0
  let at = from
  while (at < source.length) {
    const code = codeAt(source, at)
    if (code === quote) {
      at = skipString(source, at)
      if (at === -1) return -1
      continue
    }
    if (code === openBrace || code === openBracket) depth++
    else if ((code === closeBrace || code === closeBracket) && --depth === 0) return at + 1
    at++
  }
  return -1
}

/** The place behind the number or word that begins at `from`. */
const skipScalar = (source: JsonSource, from: number): number => {
  let at = from
  while (at < source.length) {
    const code = codeAt(source, at)
    if (code <= 0x20 || code === comma || code === closeBrace || code === closeBracket) return at
    at++
  }
  return at
}

const skipValue = (source: JsonSource, from: number): number => {
  const code = codeAt(source, from)
  if (code === quote) return skipString(source, from)
  if (code === openBrace || code === openBracket) return skipNested(source, from)
  const end = skipScalar(source, from)
  return end === from ? -1 : end
}

/**
 * Calls `visit` for each member of the top-level object, in order, without parsing what is inside the values. False
 * when the source is no JSON object as far as was looked; the inside of values is not checked.
 */
export const visitMembers = (source: JsonSource, visit: (member: Member) => void): boolean => {
  let at = skipSpace(source, 0)
  if (codeAt(source, at) !== openBrace) return false
  at = skipSpace(source, at + 1)
  if (codeAt(source, at) === closeBrace) return skipSpace(source, at + 1) === source.length
  for (;;) {
    const keyStart = at
    if (codeAt(source, keyStart) !== quote) return false
    const keyEnd = skipString(source, keyStart)
    if (keyEnd === -1) return false
    at = skipSpace(source, keyEnd)
    if (codeAt(source, at) !== colon) return false
    const valueStart = skipSpace(source, at + 1)
    const valueEnd = skipValue(source, valueStart)
    if (valueEnd === -1) return false
    visit({ keyStart, keyEnd, valueStart, valueEnd })
    at = skipSpace(source, valueEnd)
    const code = codeAt(source, at)
    if (code === closeBrace) return skipSpace(source, at + 1) === source.length
    if (code !== comma) return false
    at = skipSpace(source, at + 1)
  }
}

const decoder = new TextDecoder()

/** The text of a part of the source. */
export const textOf = (source: JsonSource, start: number, end: number): string =>
  typeof source === "string" ? source.slice(start, end) : decoder.decode(source.subarray(start, end))

const unescape = (raw: string): string => {
  try {
    return String(JSON.parse(`"${raw}"`))
  } catch {
    return raw
  }
}

/** The key of a member. */
export const keyOf = (source: JsonSource, { keyStart, keyEnd }: Member): string => {
  const raw = textOf(source, keyStart + 1, keyEnd - 1)
  return raw.includes("\\") ? unescape(raw) : raw
}

/** Whether the key of a member is the (plain ASCII) one, without making a string of it. */
export const hasKey = (source: JsonSource, member: Member, key: string): boolean => {
  const start = member.keyStart + 1
  const length = member.keyEnd - 1 - start
  for (let index = 0; index < length; index++) {
    const code = codeAt(source, start + index)
    if (code === backslash) return keyOf(source, member) === key
    if (code !== key.charCodeAt(index)) return false
  }
  return length === key.length
}
