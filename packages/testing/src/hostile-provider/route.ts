/** The first segments of a path, and the name of the group of paths it stands for. */
const routes = {
  models: "models",
  "chat/completions": "chat",
  completions: "completions",
  responses: "responses",
  messages: "messages",
  embeddings: "embeddings",
  "audio/speech": "speech",
  usage: "usage",
  files: "files",
  batches: "batches",
  threads: "threads",
  vector_stores: "vector_stores",
  conversations: "conversations",
} as const

/** The name of a group of paths; faults are chosen by it. */
export type ProviderRoute = (typeof routes)[keyof typeof routes] | "unknown"

/** All there are. */
export const allRoutes: readonly ProviderRoute[] = [...Object.values(routes), "unknown"]

/** Where a path leads. */
export interface Place {
  readonly route: ProviderRoute
  /** What is left of the path after the route, e.g. a file's id. */
  readonly rest: readonly string[]
  /** The deployment in an Azure path. */
  readonly deployment: string | undefined
  readonly azure: boolean
}

/** The place of a path. Clients disagree about `/v1`, so it may be there or not. */
export const placeOf = (path: string): Place => {
  const segments = path
    .split("/")
    .filter((segment) => segment !== "")
    .map(decoded)
  const azure = segments[0] === "openai"
  if (azure) segments.shift()
  if (segments[0] === "v1") segments.shift()
  const deployment = segments[0] === "deployments" ? (segments[1] ?? "") : undefined
  const own = deployment === undefined ? segments : segments.slice(2)
  for (const length of [2, 1]) {
    const start = own.slice(0, length).join("/")
    if (isKnown(start)) return { route: routes[start], rest: own.slice(length), deployment, azure }
  }
  return { route: "unknown", rest: own, deployment, azure }
}

const isKnown = (start: string): start is keyof typeof routes => Object.hasOwn(routes, start)

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
