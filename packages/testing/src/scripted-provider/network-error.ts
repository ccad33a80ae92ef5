/** Why a connection failed, in the words and codes of Node's `fetch`. */
const causes = {
  refused: ["connect ECONNREFUSED 127.0.0.1:443", "ECONNREFUSED"],
  unknown: ["getaddrinfo ENOTFOUND (no scripted provider has this origin)", "ENOTFOUND"],
  reset: ["read ECONNRESET", "ECONNRESET"],
  close: ["other side closed", "UND_ERR_SOCKET"],
  "not-http": ["Parse Error: Expected HTTP/", "HPE_INVALID_CONSTANT"],
  encoding: ["incorrect header check", "Z_DATA_ERROR"],
} as const

/** The name of a way in which a connection fails. */
export type NetworkFault = keyof typeof causes

const because = (fault: NetworkFault): { readonly cause: Error } => {
  const [message, code] = causes[fault]
  return { cause: Object.assign(new Error(message), { code }) }
}

/** What `fetch` rejects with when no answer comes. */
export const noAnswer = (fault: NetworkFault): TypeError => new TypeError("fetch failed", because(fault))

/** What a body errors with when it breaks off. */
export const brokenOff = (fault: NetworkFault): TypeError => new TypeError("terminated", because(fault))
