import { once } from "node:events"
import { createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"

/** A request a server got. */
export interface Arrived {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

/** A provider on loopback. */
export interface Served extends AsyncDisposable {
  readonly url: string
  readonly arrived: readonly Arrived[]
}

/** Serves until disposed. */
export async function serve(
  answer: (request: Arrived, response: ServerResponse, index: number) => void,
): Promise<Served> {
  const arrived: Arrived[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method, url, headers } = request
      arrived.push({ method, url, headers, body })
      answer({ method, url, headers, body }, response, arrived.length - 1)
    })
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}
