import { nearestName } from "./nearest-name.ts"

/** What sort of value was given, in the words of the sentences about it. */
export type Kind = "text" | "number" | "flag" | "list" | "object" | "function" | "null" | "other"

export const kindOf = (value: unknown): Kind => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "list"
  switch (typeof value) {
    case "string":
      return "text"
    case "number":
      return "number"
    case "boolean":
      return "flag"
    case "object":
      return "object"
    case "function":
      return "function"
    default:
      return "other"
  }
}

export const withArticle = (kind: Kind): string => {
  if (kind === "object") return "an object"
  if (kind === "null") return "null"
  return kind === "other" ? "something else" : `a ${kind}`
}

/** A value in a sentence. Texts, lists and objects are not shown: they may be keys or hold some (law 13). */
export const shown = (value: unknown): string => {
  if (typeof value === "number" || typeof value === "boolean") return String(value)
  if (typeof value === "string" && value.trim() === "") return "a blank text"
  return withArticle(kindOf(value))
}

/** `a, b or c`. */
export const listed = (words: readonly string[]): string => {
  const last = words.at(-1) ?? "nothing"
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`
}

/** The way out of a wrong name: the one that was meant, or else all there are. */
export const instead = (typed: string, names: readonly string[]): string => {
  const nearest = nearestName(typed, names)
  return nearest === undefined ? `choose ${listed(names)}.` : `did you mean ${nearest}?`
}

/** The path of a part of an option; of an option itself, where there is no path yet. */
export const inside = (path: string, name: string): string => {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${path}[${JSON.stringify(shortened(name))}]`
  return path === "" ? name : `${path}.${name}`
}

/** Keeps a sentence a sentence, whatever was pasted into an option. */
export const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)
