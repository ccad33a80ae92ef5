import { once } from "node:events"
import { createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo, Server, Socket } from "node:net"

/** A server on loopback, until it is disposed. */
export interface Served extends AsyncDisposable {
  readonly url: string
  readonly openSockets: number
  /** Waits until no connection is left. */
  emptied(): Promise<void>
}

/** Serves HTTP. */
export const serve = (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Served> => listening(createServer({ keepAliveTimeout: 60_000 }, answer))

/** Serves whatever: `server` is of TCP or above. */
export async function listening(server: Server): Promise<Served> {
  const sockets = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
    // Clients of these tests leave in every way there is.
    socket.on("error", () => {})
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get openSockets() {
      return sockets.size
    },
    async emptied() {
      for (const socket of sockets) await new Promise((resolve) => socket.once("close", resolve))
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, "close")
    },
  }
}

/** The body of a request, once all of it is there. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ""
  request.setEncoding("utf8")
  for await (const piece of request) body += piece as string
  return body
}
