/** The only source of chance in Bellwether, so that a run can be repeated exactly. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A fresh identifier of 18 lower-case letters and digits: 90 bits of chance. Not a secret. */
  id(): string
  /**
   * A source of its own for one purpose. With a seed, the same purpose always yields the same stream,
   * whatever was drawn elsewhere: a change in one place does not shift the chance of another.
   */
  stream(...purpose: readonly (string | number)[]): Random
}

/** Draws 32 random bits as an unsigned integer. */
type Draw = () => number

/** All pairs of base-32 digits, so that ten bits become two characters by one look-up. */
const pairs: readonly string[] = Array.from({ length: 1024 }, (_, index) =>
  index.toString(32).padStart(2, "0"),
)

const sixDigits = (bits: number): string =>
  `${pairs[bits & 1023]}${pairs[(bits >>> 10) & 1023]}${pairs[(bits >>> 20) & 1023]}`

const idFrom = (draw: Draw): string => sixDigits(draw()) + sixDigits(draw()) + sixDigits(draw())

const drawFromRuntime: Draw = () => Math.random() * 2 ** 32

/** The chance of the runtime. Its streams are one and the same: what is not seeded needs no keeping apart. */
export const systemRandom: Random = {
  next: Math.random,
  id: () => idFrom(drawFromRuntime),
  stream: () => systemRandom,
}

/**
 * Chance that repeats: the same seed gives the same numbers in every runtime.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, period at least 2^32, on average 2^127.
 */
export const seededRandom = (seed: string | number): Random => keyedRandom([seed])

const keyedRandom = (key: readonly (string | number)[]): Random => {
  const draw = sfc32(JSON.stringify(key))
  return {
    next: () => draw() / 2 ** 32,
    id: () => idFrom(draw),
    stream: (...purpose) => keyedRandom([...key, ...purpose]),
  }
}

const sfc32 = (key: string): Draw => {
  let [a, b, c] = hash96(key)
  let counter = 1
  const draw = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let round = 0; round < 15; round++) draw()
  return draw
}

/** Three FNV-1a hashes of the same text, told apart by their start; sfc32's own warm-up mixes them further. */
const hash96 = (text: string): [number, number, number] => [
  fnv1a(text, 0x811c9dc5),
  fnv1a(text, 0x9e3779b9),
  fnv1a(text, 0x85ebca6b),
]

const fnv1a = (text: string, start: number): number => {
  let hash = start
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash ^ (hash >>> 16)
}
