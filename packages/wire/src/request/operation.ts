import type { BodyFacts } from "./body-facts.ts"
import { type Collection, collections, statelessEndpoints } from "./operation-table.ts"

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

/** A path without a query, an empty segment or a slash at its end: nearly all are written so. */
const isTidy = /^(?:\/[^/?#]+)+$/

const tidied = (path: string): string =>
  path
    .replace(/[?#].*$/s, "")
    .split("/")
    .filter((segment) => segment !== "")
    .map((segment) => `/${segment}`)
    .join("")

const begins = (route: string, prefix: string): boolean =>
  route.startsWith(prefix, 1) && (route.length === prefix.length + 1 || route[prefix.length + 1] === "/")

/** What any endpoint can answer, by path, as it is when its body ties it to nothing. */
const stateless: ReadonlyMap<string, { readonly method: string; readonly untied: Operation }> = new Map(
  statelessEndpoints.map(({ name, method, path, grammar, answer = "json" }) => [
    `/${path}`,
    {
      method,
      untied: { name, ...(grammar && { grammar }), answer, residence: "stateless", repeatable: true },
    },
  ]),
)

const readStateless = (untied: Operation, body: BodyFacts | undefined): Operation => {
  const thread = body?.previousResponse ?? body?.conversation
  const resource = thread ?? body?.resource
  const repeatable = thread === undefined && body?.background !== true
  if (resource !== undefined) return { ...untied, residence: "lives", resource, repeatable }
  return repeatable ? untied : { ...untied, residence: "creates", repeatable }
}

const readCollection = (
  { name, prefix, grammar }: Collection,
  method: string,
  route: string,
  body: BodyFacts | undefined,
): Operation => {
  const inner = route.slice(prefix.length + 2).split("/")
  const raw = method === "DELETE" || ["content", "results"].includes(inner.at(-1) ?? "")
  const kind = { name, ...(grammar && { grammar }), answer: raw ? "any" : "json", record: true } as const
  const resource = inner[0] ? decode(inner[0]) : body?.resource
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
  const route = isTidy.test(path) ? path : tidied(path)
  const endpoint = stateless.get(route)
  if (endpoint?.method === method) return readStateless(endpoint.untied, body)
  // Ids of models may hold slashes, and older SDKs do not encode them.
  if (begins(route, "models") && method === "GET") {
    return { name: "models", answer: "json", residence: "stateless", repeatable: true }
  }
  const collection = collections.find(({ prefix }) => begins(route, prefix))
  if (collection) return readCollection(collection, method, route, body)
  return { name: "other", answer: "any", residence: "lives", repeatable: method !== "POST" }
}
