// A provider that answers at once: 1 kB of JSON, or a stream of 51 events. A process of its own.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const head = { id: "chatcmpl-1", created: 1, model: "gpt-4o" }
const answer = Buffer.from(
  JSON.stringify({
    ...head,
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: "x".repeat(800) }, finish_reason: "stop" }],
    usage: { prompt_tokens: 9, completion_tokens: 200, total_tokens: 209 },
  }),
)

const event = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] })}\n\n`
const events = [
  event({ role: "assistant", content: "" }),
  ...Array.from({ length: 48 }, (_, place) => event({ content: `token-${place} ` })),
  event({}, "stop"),
  "data: [DONE]\n\n",
].map((text) => Buffer.from(text))

const server = createServer((request, response) => {
  const asked: Buffer[] = []
  request.on("data", (chunk: Buffer) => asked.push(chunk))
  request.on("end", () => {
    if (!Buffer.concat(asked).includes('"stream":true')) {
      response.writeHead(200, { "content-type": "application/json", "content-length": answer.length })
      response.end(answer)
      return
    }
    response.writeHead(200, { "content-type": "text/event-stream" })
    for (const each of events) response.write(each)
    response.end()
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port))
