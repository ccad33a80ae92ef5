/** A reason is a sentence, a model is a name; what is longer is neither. */
const mostLetters = 200

/** What nearly all texts are: letters, digits and signs of ASCII. */
const isTidy = /^[ -~]*$/

/** A text on one line, of a length a log can bear. */
export function oneLine(text: string): string {
  if (text.length <= mostLetters && isTidy.test(text)) return text
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
  return line.length <= mostLetters ? line : `${line.slice(0, mostLetters - 1)}…`
}
