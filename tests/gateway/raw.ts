import { connect } from "node:net"

/** Sends bytes as they are, and gives back all that comes until the other side closes. */
export function raw(origin: string, sent: string): Promise<string> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    const socket = connect(Number(port), hostname, () => socket.write(sent))
    socket.on("data", (piece) => pieces.push(Buffer.from(piece)))
    socket.on("close", () => resolve(Buffer.concat(pieces).toString()))
    socket.on("error", reject)
  })
}

/** The status of a raw answer. */
export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
