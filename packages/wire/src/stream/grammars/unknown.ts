import type { StreamGrammar } from "../stream-grammar.ts"

/** Event streams whose words we do not know: any data is content, except what every provider calls an error. */
export const createUnknownGrammar = (): StreamGrammar => ({
  done: { kind: "final", final: true },
  unreadable: { kind: "content" },
  read: () => ({ kind: "content" }),
  label: () => undefined,
  isMoreContent: (type, data) => type !== "error" && data !== "[DONE]" && !data.includes('"error"'),
})
