import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { ByteReader, Fetch } from "@bellwether/core"
import { createUndiciFetch } from "@bellwether/undici"
import { bellwether } from "bellwether"
import { Pool } from "undici"
import { bodies } from "./gateway/load.ts"
import { measure, printExtra } from "./measure.ts"
import type { Contestant } from "./measure.ts"

const headers = { "content-type": "application/json", authorization: "Bearer none" }

const atOnce = 8

const times =
  (run: () => Promise<unknown>): Contestant =>
  async (count) => {
    let left = count
    const worker = async (): Promise<void> => {
      while (left-- > 0) await run()
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
  }

/** The least there is to do: the bytes are counted as undici hands them over. */
const dispatched = (pool: Pool, body: string): Promise<number> =>
  new Promise((resolve, reject) => {
    let bytes = 0
    pool.dispatch(
      { path: "/v1/chat/completions", method: "POST", headers, body },
      {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData(_controller, chunk) {
          bytes += chunk.length
        },
        onResponseEnd: () => resolve(bytes),
        onResponseError: (_controller, error) => reject(error),
      },
    )
  })

const counted = ({ body }: Response): Promise<number> => read(body?.getReader())

async function read(reader: ByteReader | undefined): Promise<number> {
  let bytes = 0
  for (;;) {
    const { value } = (await reader?.read()) ?? {}
    if (value === undefined) return bytes
    bytes += value.length
  }
}

/** What the transports cost, bare and under the default stack. The server is a process of its own: its time is not counted. */
export async function undici(): Promise<void> {
  const server = fork(fileURLToPath(new URL("./gateway/upstream.ts", import.meta.url)))
  const [port] = (await once(server, "message")) as [number]
  const origin = `http://127.0.0.1:${port}`
  const endpoints = [{ id: "loopback", baseURL: `${origin}/v1`, key: "none" }]
  const pool = new Pool(origin, { headersTimeout: 0, bodyTimeout: 0 })
  await using ours = createUndiciFetch()
  await using overGlobal = bellwether({ endpoints })
  await using overOurs = bellwether({ endpoints, fetch: ours })
  for (const [what, body] of Object.entries(bodies)) {
    const init = { method: "POST", headers, body }
    const over = (fetch: Fetch): Contestant =>
      times(async () => counted(await fetch(`${origin}/v1/chat/completions`, init)))
    printExtra(
      what === "json" ? `A call, 1 kB JSON, ${atOnce} at once` : `A stream of 51 events, ${atOnce} at once`,
      await measure(
        {
          "undici Pool.dispatch": times(() => dispatched(pool, body)),
          "@bellwether/undici": over(ours),
          "@bellwether/undici, bare": times(async () => {
            const { body: reader } = await ours.bare(`${origin}/v1/chat/completions`, init)
            return read(reader ?? undefined)
          }),
          "global fetch": over(fetch),
          "default stack, @bellwether/undici": times(async () =>
            counted(await overOurs.fetch("/chat/completions", init)),
          ),
          "default stack, @bellwether/undici, no Response": times(async () => {
            const result = await overOurs.call({ ...init, path: "/chat/completions" })
            if (!result.ok) throw result.error
            const { body: answer } = result
            return answer instanceof Uint8Array ? answer.length : read(answer)
          }),
          "default stack, global fetch": times(async () =>
            counted(await overGlobal.fetch("/chat/completions", init)),
          ),
        },
        { count: 200, rounds: 31 },
      ),
    )
  }
  await pool.close()
  server.kill()
}
