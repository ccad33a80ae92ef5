/** A reason is a sentence, a model is a name; what is longer is neither. */
const mostLetters = 200

/** A text on one line, of a length a log can bear. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
  return line.length <= mostLetters ? line : `${line.slice(0, mostLetters - 1)}…`
}
