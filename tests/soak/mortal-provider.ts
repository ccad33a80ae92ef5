import { fork } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import type { HostileProviderOptions } from "@bellwether/testing"

/** A provider that can die, and be born again at the same address. */
export interface MortalProvider extends AsyncDisposable {
  readonly baseURL: string
  /** Connections that are open. */
  openSockets(): Promise<number>
  /** Its process ends as by `kill -9`. */
  kill(): Promise<void>
  /** Another process takes its place. */
  revive(): Promise<void>
}

/** Starts one; `options` have to survive JSON. */
export async function startMortalProvider(options: HostileProviderOptions): Promise<MortalProvider> {
  let [child, port] = await start(options)

  async function end(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, "exit")
    child.kill("SIGKILL")
    await ended
  }

  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    async openSockets() {
      child.send("count")
      const [sockets] = await once(child, "message")
      return sockets as number
    },
    kill: end,
    async revive() {
      ;[child, port] = await start({ ...options, port })
    },
    [Symbol.asyncDispose]: end,
  }
}

/** @throws Error when the process ends before it listens */
async function start(options: HostileProviderOptions): Promise<[ChildProcess, number]> {
  const child = fork(new URL("mortal-provider-process.ts", import.meta.url), [JSON.stringify(options)], {
    execArgv: ["--conditions=@bellwether/source"],
  })
  const gone = new AbortController()
  child.once("exit", () => gone.abort(new Error("The provider's process has ended.")))
  const [port] = await once(child, "message", gone)
  return [child, port as number]
}
