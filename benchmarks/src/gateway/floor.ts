// The least a gateway can do in Node: `node:http` in, undici's dispatcher out, bytes as they come.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Pool } from "undici"

const pool = new Pool(process.argv[2] ?? "", { headersTimeout: 0, bodyTimeout: 0 })

const server = createServer((request, response) => {
  const { method = "GET", url = "/", headers } = request
  const { host: _, connection: __, "transfer-encoding": ___, ...passed } = headers
  pool.dispatch(
    { path: url, method, headers: passed, body: request },
    {
      onRequestStart() {},
      onResponseStart(_controller, status, answered) {
        const { connection: ____, "keep-alive": _____, ...kept } = answered
        response.writeHead(status, kept)
      },
      onResponseData(controller, chunk) {
        if (response.write(chunk)) return
        controller.pause()
        response.once("drain", () => controller.resume())
      },
      onResponseEnd: () => response.end(),
      onResponseError: () => response.destroy(),
    },
  )
})
server.keepAliveTimeout = 60_000
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port))
