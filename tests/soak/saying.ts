/** What the answer to a numbered caller is: its own, so that no two can be mixed up, and not as long as the next. */
export const sayingFor = (number: number): string =>
  Array.from({ length: 5 + (number % 7) }, (_, place) => `${place}-of-${number}`).join(" ")

/** What a numbered caller asks. */
export const questionOf = (number: number): string => `Here is caller ${number}.`

/** The number of the caller who asked. */
export const numberIn = (body: string): number => Number(/Here is caller (\d+)\./.exec(body)?.[1])
