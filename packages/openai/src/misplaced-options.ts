import { positiveMilliseconds, refuseFaults, url } from "@bellwether/core"
import type { Pipeline } from "@bellwether/core"
import { isSdkFetch } from "./sdk-fetch.ts"

const asKey = "give it to its endpoint as `key`, a text or a function that fetches one"
const asEndpoint = "make it an endpoint of the pipeline"
const asFetch = "give the pipeline its `fetch`"

/** What an SDK client can be given that its pipeline decides, and where it goes instead. */
const places: Readonly<Record<string, string>> = {
  apiKey: asKey,
  adminAPIKey: asKey,
  azureADTokenProvider: asKey,
  workloadIdentity: asKey,
  credential: asKey,
  baseURL: asEndpoint,
  dataResidency: asEndpoint,
  provider: asEndpoint,
  fetch: asFetch,
  x509Transport: asFetch,
  maxRetries: "the pipeline retries; give it its `attempts`",
  organization: "give its endpoint the header `openai-organization`",
  project: "give its endpoint the header `openai-project`",
}

/**
 * Refuses what would do nothing in a client over a pipeline: silence would look like obedience.
 *
 * @throws PipelineError `invalid-options`, with a sentence per fault
 */
export function refuseMisplaced(pipeline: Pipeline, options: Readonly<Record<string, unknown>>): void {
  // Options that come from withPipeline hold our own placeholders.
  const given = isSdkFetch(options["fetch"]) ? [] : Object.keys(places)
  refuseFaults([
    ...given
      .filter((name) => options[name] != null && !(name === "maxRetries" && options[name] === 0))
      .map((name) => `${name} does not belong to the client: ${places[name]}.`),
    ...positiveMilliseconds(options["timeout"], "timeout"),
    ...endpointFaults(pipeline, options["endpoint"]),
  ])
}

/** Azure's `endpoint` says where the client believes it goes; it may stay as long as that is true. */
function endpointFaults(pipeline: Pipeline, endpoint: unknown): readonly string[] {
  const faults = url(endpoint, "endpoint")
  if (typeof endpoint !== "string" || faults.length > 0) return faults
  const anywhereBelow = `${endpoint.replace(/\/+$/, "")}/openai/v1/models`
  if (pipeline.route(anywhereBelow) !== undefined) return []
  return ['endpoint is none of the pipeline\'s: add it there, with its key and `provider: "azure"`.']
}
