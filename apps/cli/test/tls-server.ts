import { once } from "node:events"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import type { Certificate } from "./certificate.ts"

/** A server that shows this certificate. */
export interface TlsServer extends AsyncDisposable {
  readonly port: number
}

/** Starts one on loopback. */
export async function tlsServer(certificate: Certificate): Promise<TlsServer> {
  const server = createServer({ ...certificate }, (_request, response) => response.end("{}"))
  await once(server.listen(0, "127.0.0.1"), "listening")
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
