import type { Failure } from "@bellwether/core"

/** What somebody at a terminal can do about a failure; `undefined` where the failure's own sentence says it all. */
export function remedy({ class: failureClass, code, cause }: Failure): string | undefined {
  const told = [...codesOf(cause), code].flatMap(
    (each) => byCode.find(({ pattern }) => pattern.test(each))?.remedy ?? [],
  )
  return told[0] ?? byClass[failureClass]
}

/** By the system's code, the HTTP client's, or the failure's own; the first that fits counts. */
const byCode: readonly { readonly pattern: RegExp; readonly remedy: string }[] = [
  {
    pattern: /^(ENOTFOUND|EAI_AGAIN|EAI_FAIL|ENODATA)$/,
    remedy:
      "The host's name cannot be resolved: check baseURL for typos, and the DNS server. Some networks block names; another resolver then helps.",
  },
  {
    pattern: /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    remedy:
      "The TLS certificate is not valid today: check the clock of this machine; if it is right, only the provider can renew the certificate.",
  },
  {
    pattern: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    remedy:
      "The TLS certificate is for another host: check the host of baseURL; a proxy or a DNS server may also lead elsewhere.",
  },
  {
    pattern: /CERT|^UNABLE_TO_(VERIFY|GET_ISSUER)/,
    remedy:
      "The TLS certificate is not trusted: behind a company's proxy, name its root certificate in NODE_EXTRA_CA_CERTS. Do not switch the check off.",
  },
  {
    pattern: /SSL|TLS|^EPROTO$/,
    remedy:
      "No TLS could be agreed on: check http or https and the port of baseURL; a proxy in between may also break it.",
  },
  {
    pattern: /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH)$/,
    remedy:
      "No connection could be made: check the network, the firewall and the proxy between here and the host, and the port of baseURL.",
  },
  {
    pattern: /^ECONNREFUSED$/,
    remedy: "Nothing listens there: check host and port of baseURL, and that the server runs.",
  },
  {
    pattern: /^(ECONNRESET|UND_ERR_SOCKET|EPIPE)$/,
    remedy:
      "The connection was cut: a proxy or firewall between here and the host may do that, or the server restarts.",
  },
  {
    pattern: /^redirect-refused$/,
    remedy: "The provider sends requests elsewhere: put the address they should go to into baseURL.",
  },
  {
    pattern: /^key-unavailable$/,
    remedy: "The function that fetches the key failed: try it by itself.",
  },
  {
    pattern: /^deadline-exceeded$/,
    remedy:
      "Nothing came in time: check the network, the firewall and the proxy between here and the host, and whether the provider has an outage. Slow models need a longer timeout.",
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

/** The codes of an error and of what caused it, from the inside out: the innermost knows best. */
function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return []
  const { code } = error as Error & { readonly code?: unknown }
  return [...codesOf(error.cause), ...(typeof code === "string" ? [code] : [])]
}
