import type { BodyFacts } from "./body-facts.ts"
import { type Collection, collections, type Endpoint, statelessEndpoints } from "./operation-table.ts"

/** The grammar of an operation's answers; `chat` also reads the legacy completions. */
export type Grammar = "chat" | "responses" | "messages"

/** What a request asks for, as far as it decides where the request may go and what must come back. */
export interface Operation {
  /** Its name, such as `chat`, `responses`, `embeddings`, `files`; `other` for a path we do not know. */
  readonly name: string
  readonly grammar?: Grammar
  /**
   * What a 2xx that is no event stream must carry: a JSON object, bytes, or anything (`any` is passed through
   * unjudged).
   */
  readonly answer: "json" | "binary" | "any"
  /**
   * Where it may go: `stateless` anywhere; `creates` anywhere, but what it makes lives where it was made; `lives` only
   * where its resource lives, or to the home endpoint when it names none.
   */
  readonly residence: "stateless" | "creates" | "lives"
  /** The id of the resource that decides where an operation that `lives` goes. */
  readonly resource?: string
  /** Set when the answer is a record of something that lives, which may tell of an error of its own past. */
  readonly record?: true
  /** Whether doing it once more, not knowing if it was done, does no harm beyond its cost. */
  readonly repeatable: boolean
}

/** Ids in paths may be encoded; a malformed encoding is an id of its own. */
const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

const segmentsOf = (path: string): readonly string[] =>
  path
    .replace(/[?#].*$/s, "")
    .split("/")
    .filter((segment) => segment !== "")

const begins = (segments: readonly string[], prefix: string): boolean =>
  prefix.split("/").every((segment, index) => segments[index] === segment)

const readStateless = (endpoint: Endpoint, body: BodyFacts | undefined): Operation => {
  const { name, grammar, answer = "json" } = endpoint
  const kind = { name, ...(grammar && { grammar }), answer }
  const thread = body?.previousResponse ?? body?.conversation
  const resource = thread ?? body?.resource
  const repeatable = thread === undefined && body?.background !== true
  if (resource !== undefined) return { ...kind, residence: "lives", resource, repeatable }
  return { ...kind, residence: repeatable ? "stateless" : "creates", repeatable }
}

const readCollection = (
  { name, prefix, grammar }: Collection,
  method: string,
  segments: readonly string[],
  body: BodyFacts | undefined,
): Operation => {
  const inner = segments.slice(prefix.split("/").length)
  const raw = method === "DELETE" || ["content", "results"].includes(inner.at(-1) ?? "")
  const kind = { name, ...(grammar && { grammar }), answer: raw ? "any" : "json", record: true } as const
  const resource = inner[0] === undefined ? body?.resource : decode(inner[0])
  if (resource === undefined && method === "POST") return { ...kind, residence: "creates", repeatable: false }
  return {
    ...kind,
    residence: "lives",
    ...(resource !== undefined && { resource }),
    repeatable: method !== "POST",
  }
}

/**
 * What a request asks for.
 *
 * @param method - the HTTP method, in capitals
 * @param path - the path behind the base URL, such as `/chat/completions?x=1`; a query does not matter
 * @param body - what {@link readBody} read of a JSON body
 */
export const readOperation = (method: string, path: string, body?: BodyFacts): Operation => {
  const segments = segmentsOf(path)
  const route = segments.join("/")
  const endpoint = statelessEndpoints.find(
    (candidate) => candidate.method === method && candidate.path === route,
  )
  if (endpoint) return readStateless(endpoint, body)
  // Ids of models may hold slashes, and older SDKs do not encode them.
  if (segments[0] === "models" && method === "GET") {
    return { name: "models", answer: "json", residence: "stateless", repeatable: true }
  }
  const collection = collections.find(({ prefix }) => begins(segments, prefix))
  if (collection) return readCollection(collection, method, segments, body)
  return { name: "other", answer: "any", residence: "lives", repeatable: method !== "POST" }
}
