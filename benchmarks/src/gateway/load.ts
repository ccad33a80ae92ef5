import { readFileSync } from "node:fs"
import { Pool } from "undici"
import type { Contestant } from "./contestants.ts"

/** What a kind of load cost a server. */
export interface Load {
  readonly cpuMicroseconds: number
  readonly perSecond: number
  /** Of single requests, one after the other: from the request to the first byte of the body. */
  readonly firstByteMs: { readonly p50: number; readonly p99: number }
}

const question = { model: "gpt-4o", messages: [{ role: "user", content: "Say hello." }] }
export const bodies = {
  json: JSON.stringify(question),
  stream: JSON.stringify({ ...question, stream: true }),
}

/** `count` requests over `connections`, then some one at a time. */
export async function load(
  { pid, origin, headers }: Contestant,
  body: string,
  {
    count,
    connections,
    single,
  }: { readonly count: number; readonly connections: number; readonly single: number },
): Promise<Load> {
  await using pool = disposable(new Pool(origin, { connections, headersTimeout: 0, bodyTimeout: 0 }))
  const ask = (): Promise<number> => request(pool.value, headers, body)
  const spend = async (times: number, workers: number): Promise<number[]> => {
    const firstBytes: number[] = []
    let left = times
    const work = async (): Promise<void> => {
      while (left-- > 0) firstBytes.push(await ask())
    }
    await Promise.all(Array.from({ length: workers }, work))
    return firstBytes
  }
  await spend(Math.ceil(count / 4), connections)
  const cpu = cpuMicroseconds(pid)
  const begin = performance.now()
  await spend(count, connections)
  const seconds = (performance.now() - begin) / 1_000
  const used = (cpuMicroseconds(pid) - cpu) / count
  const firstBytes = (await spend(single, 1)).toSorted((a, b) => a - b)
  const at = (share: number): number => firstBytes[Math.floor(firstBytes.length * share)] ?? Number.NaN
  return {
    cpuMicroseconds: used,
    perSecond: count / seconds,
    firstByteMs: { p50: at(0.5), p99: at(0.99) },
  }
}

/** Reads one answer to its end; resolves to the milliseconds up to its first byte. */
function request(pool: Pool, headers: Readonly<Record<string, string>>, body: string): Promise<number> {
  const begin = performance.now()
  return new Promise((resolve, reject) => {
    let firstByteMs: number | undefined
    let status = 0
    pool.dispatch(
      { path: "/v1/chat/completions", method: "POST", headers, body },
      {
        onRequestStart() {},
        onResponseStart: (_, answered) => void (status = answered),
        onResponseData: () => void (firstByteMs ??= performance.now() - begin),
        onResponseEnd: () =>
          status === 200 && firstByteMs !== undefined
            ? resolve(firstByteMs)
            : reject(new Error(`The server answered ${status}.`)),
        onResponseError: (_, error) => reject(error),
      },
    )
  })
}

/** What a process has used so far, of Linux: user and system time in ticks of 10 ms. */
function cpuMicroseconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}

const disposable = (value: Pool): { readonly value: Pool } & AsyncDisposable => ({
  value,
  [Symbol.asyncDispose]: () => value.destroy(),
})
