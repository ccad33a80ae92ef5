import { once } from "node:events"
import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo, Socket } from "node:net"

/** A server on one port of 127.0.0.1 that can go down and come back. */
export interface Listener {
  readonly port: number
  readonly sockets: ReadonlySet<Socket>
  /** Whether the socket went because we tore it down. */
  readonly toreDown: (socket: Socket) => boolean
  up(): Promise<void>
  /** Refuses connections from this very moment, and tears down the open ones. */
  down(): Promise<void>
}

/** Starts to listen; `onSockets` is told whenever a connection has closed. */
export const listener = async (
  wantedPort: number,
  onRequest: RequestListener,
  onSockets: () => void,
): Promise<Listener> => {
  const server = createServer({ keepAlive: true, noDelay: true }, onRequest)
  // A provider that goes on its own would be a fault nobody injected.
  Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 })
  const sockets = new Set<Socket>()
  const torn = new WeakSet<Socket>()
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.once("close", () => {
      sockets.delete(socket)
      onSockets()
    })
  })
  await listening(server, wantedPort)
  const { port } = server.address() as AddressInfo
  return {
    port,
    sockets,
    toreDown: (socket) => torn.has(socket),
    async up() {
      if (!server.listening) await listening(server, port)
    },
    async down() {
      if (!server.listening) return
      server.close()
      const gone = [...sockets].map((socket) => once(socket, "close"))
      for (const socket of sockets) {
        torn.add(socket)
        socket.destroy()
      }
      await Promise.all(gone)
    },
  }
}

const listening = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject)
      resolve()
    })
  })
