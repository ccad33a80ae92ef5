import { isObject, parseJson } from "../../json-value.ts"
import { readErrorMember, readErrorValue } from "../../failure/provider-error.ts"
import type { StreamGrammar } from "../stream-facts.ts"

/** Event streams whose words we do not know: any data is content, except what every provider calls an error. */
export const createUnknownGrammar = (): StreamGrammar => ({
  read(type, data) {
    if (data === "[DONE]") return { kind: "final" }
    const event = data.includes('"error"') || type === "error" ? parseJson(data) : undefined
    const error = readErrorMember(event)
    if (error) return { kind: "error", error }
    const bare = type === "error" || (isObject(event) && event.type === "error")
    return bare ? { kind: "error", error: readErrorValue(event ?? data) } : { kind: "content" }
  },
  isMoreContent: (type, data) => type !== "error" && data !== "[DONE]" && !data.includes('"error"'),
  complete: true,
})
