import { isObject, type JsonObject, readText } from "../json-value.ts"

const deepest = 12

/** Members that name a resource wherever they stand. */
const naming = ["file_id", "file_ids", "vector_store_ids"]

/** Members that name a resource only at the top of the request; a `prompt` does so as an object. */
export const resourceKeys = ["input_file_id", "training_file", "assistant_id", "container", "prompt"]

/** Members whose inside is the caller's own data and names nothing of ours. */
const foreign = new Set(["metadata", "parameters", "schema", "input_schema", "arguments"])

/**
 * Whether the text of a body may name a resource in its depth; false is certain. (Inside a JSON string the quotes of
 * such a name would be escaped. The first test is nearly free, for underscores are rare.)
 */
export const mayNameResource = (text: string): boolean =>
  text.includes("_id") && /"(?:file_ids?|vector_store_ids)"/.test(text)

const firstText = (value: unknown): string | undefined =>
  Array.isArray(value) ? value.map(readText).find((text) => text !== undefined) : readText(value)

const search = (value: unknown, depth: number): string | undefined => {
  if (depth > deepest || typeof value !== "object" || value === null) return undefined
  if (isObject(value)) {
    for (const key of naming) {
      const id = firstText(value[key])
      if (id !== undefined) return id
    }
  }
  for (const [key, inner] of Object.entries(value)) {
    const id = foreign.has(key) ? undefined : search(inner, depth + 1)
    if (id !== undefined) return id
  }
  return undefined
}

/** The id of what the top of a body names: the file of a batch, the assistant of a run, a stored prompt. */
export const findTopResource = (body: JsonObject): string | undefined => {
  for (const key of resourceKeys) {
    const value = body[key]
    const id = key === "prompt" ? isObject(value) && readText(value.id) : readText(value)
    if (id) return id
  }
  return undefined
}

/** The id of the first file or vector store that is named anywhere in a body. */
export const findDeepResource = (body: JsonObject): string | undefined => search(body, 0)
