import type { Random } from "@bellwether/core"
import { piece, type Reply } from "../reply.ts"
import type { Order } from "./order.ts"

const chunks = 4
const chunkBytes = 1024

/** `POST /audio/speech`: bytes that no text decoder survives, in chunks, of a length not declared. */
export const speech = ({ request }: Order, random: Random): Reply => {
  const chance = random.stream("speech", request.body)
  const noise = () => Uint8Array.from({ length: chunkBytes }, () => Math.floor(chance.next() * 256))
  return {
    delayMs: 0,
    workMs: 0,
    head: { status: 200, headers: { "content-type": "audio/mpeg" } },
    pieces: Array.from({ length: chunks }, () => piece(noise(), "document")),
    ending: "complete",
  }
}
