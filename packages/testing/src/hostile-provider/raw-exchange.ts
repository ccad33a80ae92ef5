import { connect } from "node:net"

/** What a request over a bare socket is made of. */
export interface RawRequest {
  readonly path: string
  /** Sent as JSON with POST; without it the request is a GET. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** What came back, byte for byte. */
export interface RawAnswer {
  readonly bytes: Buffer
  readonly head: string
  /** What followed the head, with the framing of its chunks. */
  readonly rest: string
  /** Who ended it, and how; `left` if it was us. */
  readonly ending: "end" | "reset" | "left"
}

/** Sends one request, and reads until the other side is done or until `enough` holds. For tests of the provider. */
export const rawExchange = (
  port: number,
  { path, body, headers = {} }: RawRequest,
  enough: (received: string) => boolean = () => false,
): Promise<RawAnswer> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(port, "127.0.0.1")
    const finish = (ending: RawAnswer["ending"]): void => {
      socket.destroy()
      const bytes = Buffer.concat(chunks)
      const text = bytes.toString("utf8")
      const [head = "", ...rest] = text.split("\r\n\r\n")
      resolve({ bytes, head, rest: rest.join("\r\n\r\n"), ending })
    }
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk)
      if (enough(Buffer.concat(chunks).toString("utf8"))) finish("left")
    })
    socket.once("end", () => finish("end"))
    socket.once("error", () => finish("reset"))
    const sent = body === undefined ? "" : JSON.stringify(body)
    const lines = Object.entries({
      host: "127.0.0.1",
      connection: "close",
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(sent)),
      ...headers,
    }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`${body === undefined ? "GET" : "POST"} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${sent}`)
  })
