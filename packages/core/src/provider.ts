/** What a provider kind needs to know of an endpoint to address it. */
export interface Address {
  /** Without a trailing slash. */
  readonly baseURL: string
  readonly path: string
  /** With its leading `?`, or empty. */
  readonly query: string
  /** The endpoint's own name of the model asked for. */
  readonly model: string | undefined
  readonly apiVersion: string | undefined
}

/** How a kind of provider wants to be addressed and authorized. */
export interface Provider {
  readonly name: string
  url(address: Address): string
  /** Headers that carry the key; `headers` are those of the request, names in lower case. */
  authorize(key: string, headers: Readonly<Record<string, string>>): Readonly<Record<string, string>>
}

const plainURL = ({ baseURL, path, query }: Address): string => baseURL + path + query

/** `Authorization: Bearer`: OpenAI and nearly everything compatible with it. */
const openai: Provider = {
  name: "openai",
  url: plainURL,
  authorize: (key) => ({ authorization: `Bearer ${key}` }),
}

/** Anthropic's own API: `x-api-key`, and a version header where the caller sent none. */
const anthropic: Provider = {
  name: "anthropic",
  url: plainURL,
  authorize: (key, headers) => ({
    "x-api-key": key,
    ...(headers["anthropic-version"] === undefined && { "anthropic-version": "2023-06-01" }),
  }),
}

/** Paths of Azure's dated API that belong to a deployment, as the official SDK lists them. */
const deploymentPaths = new Set([
  "/completions",
  "/chat/completions",
  "/embeddings",
  "/audio/transcriptions",
  "/audio/translations",
  "/audio/speech",
  "/images/generations",
  "/batches",
  "/images/edits",
])

/**
 * Azure OpenAI: `api-key`, and below the resource's URL `/openai/deployments/{model}` with an `api-version`.
 * Without `apiVersion` the base URL is taken as Azure's undated `…/openai/v1`.
 */
const azure: Provider = {
  name: "azure",
  url(address) {
    const { baseURL, path, query, model, apiVersion } = address
    if (apiVersion === undefined) return plainURL(address)
    const root = baseURL.endsWith("/openai") ? baseURL : `${baseURL}/openai`
    const deployment =
      model !== undefined && deploymentPaths.has(path) ? `/deployments/${encodeURIComponent(model)}` : ""
    const version = `${query === "" ? "?" : `${query}&`}api-version=${encodeURIComponent(apiVersion)}`
    return root + deployment + path + version
  },
  authorize: (key) => ({ "api-key": key }),
}

/** The built-in kinds by name. */
export const providers: Readonly<Record<"openai" | "azure" | "anthropic", Provider>> = {
  openai,
  azure,
  anthropic,
}
