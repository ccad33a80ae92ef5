const space = 32
const quote = 34
const zero = 48
const nine = 57
const colon = 58
const backslash = 92
/** In UTF-8 the bytes a character goes on with lie from this one up to `firstOfTwo`. */
const firstOfMore = 0x80
const firstOfTwo = 0xc0
/** Begins a character of four bytes, which are two in a string. */
const firstOfFour = 0xf0

/** What events of the same shape have in common: all but their gaps, which are texts or the digits of numbers. */
export interface EventShape {
  readonly bytes: Uint8Array
  /** Where the parts begin that stay the same, one more than there are gaps. */
  readonly starts: readonly number[]
  /** Where they end. Those before a text end with its quote. */
  readonly ends: readonly number[]
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= zero && byte <= nine

/** Where the digits end that begin here. */
const endOfDigits = (bytes: Uint8Array, from: number): number => {
  let at = from
  while (at < bytes.length && isDigit(bytes[at])) at += 1
  return at
}

/** Where the quote stands that ends the JSON text which begins here; -1 where its line ends first. */
const endOfText = (bytes: Uint8Array, from: number): number => {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number
    if (byte === quote) return at
    if (byte < space) return -1
    if (byte === backslash) at += 1
  }
  return -1
}

/** How many characters of a string the bytes are. */
const charactersIn = (bytes: Uint8Array, from: number, to: number): number => {
  let characters = to - from
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte >= firstOfFour) characters += 1
    else if (byte >= firstOfMore && byte < firstOfTwo) characters -= 1
  }
  return characters
}

/** Where the token that begins here ends: a text with its quotes, the digits of a number, or a single byte. */
const endOfToken = (bytes: Uint8Array, from: number): number => {
  if (bytes[from] === quote) return endOfText(bytes, from + 1) + 1
  return isDigit(bytes[from]) ? endOfDigits(bytes, from) : from + 1
}

/** Texts may differ unless they are names, and numbers if they are long: a single digit may be the index of a choice. */
const mayDiffer = (bytes: Uint8Array, from: number, to: number): boolean => {
  if (bytes[from] !== quote) return isDigit(bytes[from]) && to - from > 1 && bytes[from - 1] !== quote
  let at = to
  while (bytes[at] === space) at += 1
  return bytes[at] !== colon
}

/** Whether this part of the bytes stands in others too, so much further on. Both are known to be long enough. */
const isSame = (bytes: Uint8Array, from: number, to: number, others: Uint8Array, shift: number): boolean => {
  for (let at = from; at < to; at++) if (bytes[at] !== others[at + shift]) return false
  return true
}

/** The shape of two events that are the same but for texts and longer numbers; undefined if there is more to it. */
export const shapeOf = (event: Uint8Array, other: Uint8Array): EventShape | undefined => {
  const starts = [0]
  const ends: number[] = []
  let otherAt = 0
  for (let at = 0; at < event.length;) {
    const end = endOfToken(event, at)
    const otherEnd = endOfToken(other, otherAt)
    if (end <= at || otherEnd <= otherAt || otherEnd > other.length) return undefined
    if (end - at !== otherEnd - otherAt || !isSame(event, at, end, other, otherAt - at)) {
      const isText = event[at] === quote
      if (!mayDiffer(event, at, end) || !mayDiffer(other, otherAt, otherEnd)) return undefined
      ends.push(isText ? at + 1 : at)
      starts.push(isText ? end - 1 : end)
    }
    at = end
    otherAt = otherEnd
  }
  ends.push(event.length)
  return otherAt === other.length ? { bytes: event, starts, ends } : undefined
}

/** Where an event ends, and how many characters longer it is than the one whose shape it has. */
export interface Fit {
  readonly end: number
  readonly longer: number
}

/** How the event that begins here among the bytes fits the shape; undefined if there is none that does. */
export const fit = (
  { bytes: shape, starts, ends }: EventShape,
  bytes: Uint8Array,
  from: number,
): Fit | undefined => {
  let at = from
  let longer = 0
  // Plain loops over plain numbers, for this is done to every chunk of a stream.
  for (let place = 0; place < ends.length; place++) {
    const start = starts[place] as number
    const end = ends[place] as number
    const gapAt = at + end - start
    if (gapAt > bytes.length || !isSame(shape, start, end, bytes, at - start)) return undefined
    at = gapAt
    if (place === ends.length - 1) break
    const isText = shape[end - 1] === quote
    at = isText ? endOfText(bytes, gapAt) : endOfDigits(bytes, gapAt)
    if (at === -1 || (at === gapAt && !isText)) return undefined
    longer += charactersIn(bytes, gapAt, at) - charactersIn(shape, end, starts[place + 1] as number)
  }
  return { end: at, longer }
}
