import type { Failure } from "@bellwether/core"

/** What somebody at a terminal can do about a failure; `undefined` where the failure's own sentence says it all. */
export function remedy(failure: Failure): string | undefined {
  const code = codeOf(failure.cause)
  const byCode = code === undefined ? undefined : remedies.find(({ codes }) => codes.test(code))
  return byCode?.remedy ?? byClass[failure.class]
}

/** By the system's or the HTTP client's code. */
const remedies: readonly { readonly codes: RegExp; readonly remedy: string }[] = [
  {
    codes: /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL|ENODATA)$/,
    remedy:
      "The host's name cannot be resolved: check baseURL for typos, and the DNS server (some networks block names; try another resolver).",
  },
  {
    codes: /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME/,
    remedy:
      "The TLS certificate is not trusted: check the clock and baseURL; behind a company's proxy, name its root certificate in NODE_EXTRA_CA_CERTS. Do not switch the check off.",
  },
  {
    codes: /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH)$/,
    remedy:
      "The connection was not made in time: check the network, firewall and proxy between here and the host.",
  },
  {
    codes: /^ECONNREFUSED$/,
    remedy: "Nothing listens there: check host and port of baseURL, and that the server runs.",
  },
  {
    codes: /^(ECONNRESET|UND_ERR_SOCKET|EPIPE)$/,
    remedy:
      "The connection was cut: a proxy or firewall between here and the host may do that, or the server restarts.",
  },
]

const byClass: Partial<Record<Failure["class"], string>> = {
  credential:
    "The key is wrong, expired or revoked: check it for spaces and missing characters, and get it anew from the provider's console.",
  forbidden:
    "The key may not do this: enable the model for it, or top up the balance, in the provider's console.",
  "quota-exhausted": "The key's quota or balance is used up: top it up, or wait for the reset.",
  "rate-limited":
    "Too many requests at once: space them out, ask for a higher limit, or give the endpoint another key.",
  "model-missing":
    "The provider does not know the model: check its name there, or map it with the endpoint's `models`.",
  unreachable:
    "Check the network, the proxy and the firewall between here and the host, and baseURL for typos.",
  timeout: "It was reached but did not answer in time: check whether the provider has an outage.",
  "server-error": "The provider has trouble of its own: look at its status page, and try again later.",
  overloaded: "The provider is overloaded: try again later, or add another endpoint.",
  "broken-response":
    "What came back is no API's answer: check that baseURL ends in the version path, such as /v1, and is no web page.",
}

/** The code of the error, or of what caused it. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code } = error as Error & { readonly code?: unknown }
  const deeper = codeOf(error.cause)
  return deeper ?? (typeof code === "string" ? code : undefined)
}
