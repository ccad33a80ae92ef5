import type { EndpointOptions, KeyOptions } from "@bellwether/core"

/** The keys of an endpoint with the ids they go by in a pipeline; empty for one that is asked without a key. */
export const namedKeys = ({ key, keys = [key] }: EndpointOptions): readonly Required<KeyOptions>[] =>
  keys.flatMap((entry, place) => {
    if (entry === undefined) return []
    const { id = `key-${place + 1}`, value } = typeof entry === "object" ? entry : { value: entry }
    return [{ id, value }]
  })
