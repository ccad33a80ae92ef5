const space = 32
const quote = 34
const zero = 48
const nine = 57
const colon = 58
const backslash = 92

/** What events of the same shape have in common: what stands before each of their gaps, and behind the last. */
export interface EventShape {
  readonly parts: readonly string[]
  /** Whether the gap behind the part in this place is a text, and not the digits of a number. */
  readonly isText: readonly boolean[]
}

const isDigit = (code: number): boolean => code >= zero && code <= nine

/** Where the digits end that begin here. */
const endOfDigits = (text: string, from: number): number => {
  let at = from
  while (isDigit(text.charCodeAt(at))) at += 1
  return at
}

/** Where the quote stands that ends the JSON text which begins here; -1 where its line ends first. */
const endOfText = (text: string, from: number): number => {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) return at
    if (code < space) return -1
    if (code === backslash) at += 1
  }
  return -1
}

/** Where the token that begins here ends: a text with its quotes, the digits of a number, or a single character. */
const endOfToken = (text: string, from: number): number => {
  const code = text.charCodeAt(from)
  if (code === quote) return endOfText(text, from + 1) + 1
  return isDigit(code) ? endOfDigits(text, from) : from + 1
}

/** Texts may differ unless they are names, and numbers if they are long: a single digit may be the index of a choice. */
const mayDiffer = (text: string, from: number, to: number): boolean => {
  const code = text.charCodeAt(from)
  if (code !== quote) return isDigit(code) && to - from > 1
  let at = to
  while (text.charCodeAt(at) === space) at += 1
  return text.charCodeAt(at) !== colon
}

/** The shape of two events that are the same but for texts and longer numbers; undefined if there is more to it. */
export const shapeOf = (first: string, second: string): EventShape | undefined => {
  const parts: string[] = []
  const isText: boolean[] = []
  let partFrom = 0
  let secondAt = 0
  for (let at = 0; at < first.length;) {
    const end = endOfToken(first, at)
    const secondEnd = endOfToken(second, secondAt)
    if (end <= at || secondEnd <= secondAt) return undefined
    if (first.slice(at, end) !== second.slice(secondAt, secondEnd)) {
      const isQuoted = first.charCodeAt(at) === quote
      if (isQuoted !== (second.charCodeAt(secondAt) === quote)) return undefined
      if (!mayDiffer(first, at, end) || !mayDiffer(second, secondAt, secondEnd)) return undefined
      parts.push(first.slice(partFrom, isQuoted ? at + 1 : at))
      isText.push(isQuoted)
      partFrom = isQuoted ? end - 1 : end
    }
    at = end
    secondAt = secondEnd
  }
  parts.push(first.slice(partFrom))
  return secondAt === second.length ? { parts, isText } : undefined
}

/** Where the event of this shape ends that begins here in the text; -1 if there is none. */
export const endOfShape = ({ parts, isText }: EventShape, text: string, from: number): number => {
  let at = from
  for (let place = 0; place < parts.length; place++) {
    const part = parts[place] as string
    const gapAt = at + part.length
    // Comparing slices beats startsWith() several times over.
    if (text.slice(at, gapAt) !== part) return -1
    if (place === isText.length) return gapAt
    at = isText[place] ? endOfText(text, gapAt) : endOfDigits(text, gapAt)
    if (at === -1 || (at === gapAt && !isText[place])) return -1
  }
  return -1
}
