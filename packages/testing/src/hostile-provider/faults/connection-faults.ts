import { piece } from "../reply.ts"
import type { Family } from "./family.ts"

/** Faults of the connection: no HTTP answer comes, or only its head. */
export type ConnectionFault =
  /** The connection is reset before any header. */
  | { readonly kind: "connection-reset" }
  /** The connection is closed in order, without an answer. */
  | { readonly kind: "connection-close" }
  /** The request is taken, and nothing ever comes back. */
  | { readonly kind: "black-hole" }
  /** Bytes come back that are not HTTP: a TLS alert, as from a port that expected TLS. */
  | { readonly kind: "not-http" }
  /** The head comes, then a reset. */
  | { readonly kind: "reset-after-headers" }

const silence = { head: undefined, pieces: [], workMs: 0 } as const

// Alert record, TLS 1.2, two bytes: fatal, handshake failure (RFC 8446, section 6).
const tlsAlert = Uint8Array.of(0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28)

/** What each of these faults takes and does. */
export const connectionFaults: Family<ConnectionFault> = {
  "connection-reset": { options: {}, strike: (reply) => ({ ...reply, ...silence, ending: "reset" }) },
  "connection-close": { options: {}, strike: (reply) => ({ ...reply, ...silence, ending: "close" }) },
  "black-hole": { options: {}, strike: (reply) => ({ ...reply, ...silence, ending: "hold" }) },
  "not-http": {
    options: {},
    strike: (reply) => ({ ...reply, ...silence, pieces: [piece(tlsAlert, "noise")], ending: "close" }),
  },
  "reset-after-headers": { options: {}, strike: (reply) => ({ ...reply, pieces: [], ending: "reset" }) },
}
