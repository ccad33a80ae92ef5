/** Whether a model's name is this one, or a pattern (`claude-*`) covers it. */
export const covers = (pattern: string, name: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern

/** Whether some model could have both names, each of which may be a pattern. */
export const overlap = (one: string, other: string): boolean =>
  [covers(one, withoutStar(other)), covers(other, withoutStar(one))].includes(true)

const withoutStar = (name: string): string => name.replace(/\*$/, "")
