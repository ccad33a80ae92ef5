import type { FailureClass } from "./failure-class.ts"

/** One row of what a transport may throw. */
export interface ThrownRule {
  readonly class: FailureClass
  /** Values of the error's `code`, or its `name`. */
  readonly code: RegExp
  /** What its message says, where a runtime gives no code. */
  readonly message?: RegExp
  /** Said in place of the runtime's message, which may hold the URL. */
  readonly says: string
  /** Whether the same target may be tried again, if it is not what the failure table says of the class. */
  readonly sameTarget?: boolean
}

/** Undici's wrapper around whatever ends a body early. */
export const bodyEnded = /^terminated$/

/** The answer broke off, or cannot be decoded. */
export const answerCut: ThrownRule = {
  class: "broken-response",
  code: /^(?:HPE_\w+|HTTPParserError|UND_ERR_(?:RES_\w+|RESPONSE\w*|HEADERS_OVERFLOW)|Z_\w+|ERR__ERROR_\w+|ZSTD_\w+|ERR_CONTENT_DECODING_FAILED|ERR_STREAM_PREMATURE_CLOSE|InvalidHTTPResponse|ZlibError|BrotliDecompressionError)$/,
  message:
    /^terminated$|premature close|incorrect header check|content[- ]decoding|error decoding response body|error reading a body from connection/i,
  says: "The answer was cut or could not be decoded",
}

/** No connection, or none any more. */
export const connectionLost: ThrownRule = {
  class: "unreachable",
  code: /^(?:ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EADDRINUSE|UND_ERR_SOCKET|UND_ERR_CONNECT_TIMEOUT|UND_ERR_CLOSED|UND_ERR_DESTROYED|ConnectionRefused|ConnectionReset|ConnectionClosed|FailedToOpenSocket)$/,
  message:
    /socket hang up|other side closed|connection (?:was )?(?:refused|reset|closed|lost)|fetch failed|failed to fetch|load failed|networkerror|unable to connect|error sending request|network connection lost/i,
  says: "The connection was refused, reset or lost",
}

/** What transports throw: undici, Node, Bun, Deno, Workers and browsers. The first row that fits decides. */
export const thrownRules: readonly ThrownRule[] = [
  {
    class: "caller-fault",
    code: /^(?:ERR_INVALID_URL|ERR_INVALID_ARG_TYPE|ERR_INVALID_CHAR|UND_ERR_INVALID_ARG|UND_ERR_NOT_SUPPORTED|UND_ERR_REQ_CONTENT_LENGTH_MISMATCH)$/,
    message:
      /duplex option is required|is an invalid header (?:name|value)|convert argument to a ByteString|HTTP method|GET\/HEAD method cannot have (?:a )?body|body (?:object )?(?:should not be|is) disturbed or locked/i,
    says: "The request could not be sent as it is",
  },
  {
    class: "unreachable",
    code: /^(?:ENOTFOUND|EAI_\w+|DNSException)$/,
    message: /dns error|getaddrinfo|failed to lookup address|name (?:not|could not be) resolved/i,
    says: "The host's name could not be resolved",
    sameTarget: false,
  },
  {
    class: "unreachable",
    code: /^(?:CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|EPROTO|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|UNKNOWN_CERTIFICATE_VERIFICATION_ERROR|HOSTNAME_MISMATCH|INVALID_CA)$/,
    message:
      /invalid peer certificate|certificate (?:has expired|verify failed|is not valid)|self[- ]signed certificate|tls handshake|unable to verify the first certificate/i,
    says: "No secure connection could be agreed on",
    sameTarget: false,
  },
  {
    class: "timeout",
    code: /^(?:UND_ERR_HEADERS_TIMEOUT|UND_ERR_BODY_TIMEOUT|TimeoutError)$/,
    says: "The transport's own limit passed without an answer",
  },
  answerCut,
  connectionLost,
]
