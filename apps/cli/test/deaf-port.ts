import { spawn } from "node:child_process"
import { once } from "node:events"
import { connect } from "node:net"
import type { Socket } from "node:net"
import { setImmediate, setTimeout as sleep } from "node:timers/promises"

/** A port of loopback that makes no more connections. */
export interface DeafPort extends AsyncDisposable {
  readonly port: number
}

const program = `
const server = require("node:net").createServer()
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
  require("node:fs").writeSync(1, server.address().port + "\\n")
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})`

/** A server that accepts nobody, and whose queue is full: what is sent to it stays without any answer. */
export async function deafPort(): Promise<DeafPort> {
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] })
  const [line] = (await once(child.stdout, "data")) as [Buffer]
  const port = Number(line.toString())
  const queued: Socket[] = []
  for (let isQueued = true; isQueued;) {
    const socket = connect(port, "127.0.0.1").on("error", () => {})
    queued.push(socket)
    await Promise.race([once(socket, "connect"), sleep(200)])
    // A busy process hears of the time before it hears of the connection.
    await setImmediate()
    isQueued = !socket.connecting
  }
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of queued) socket.destroy()
      const ended = once(child, "exit")
      child.kill("SIGKILL")
      await ended
    },
  }
}
