import type { IncomingMessage, ServerResponse } from "node:http"
import type { Clock } from "@bellwether/core"
import { grammarOf, refusalBody, refusalHeaders } from "./refusal.ts"
import type { Refusal } from "./refusal.ts"

/** How long the rest of a refused request is taken and thrown away, so that its sender gets to read why. */
const lingerMs = 2_000

/** Answers a request with a refusal. */
export function sendRefusal(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  refusal: Refusal,
  clock: Clock,
): void {
  if (outgoing.headersSent || outgoing.destroyed) return
  const body = refusalBody(refusal, grammarOf(incoming.url ?? ""))
  outgoing.writeHead(refusal.status, {
    ...refusalHeaders(refusal),
    "content-length": Buffer.byteLength(body),
  })
  outgoing.end(incoming.method === "HEAD" ? undefined : body)
  if (incoming.complete) return
  const timer = clock.after(lingerMs, () => incoming.socket.destroy())
  incoming.resume().once("close", () => timer.cancel())
}
