import { fork } from "node:child_process"
import { once } from "node:events"

/** What a provider in another process can be told. Each order is answered with the connections that are open. */
export type Order =
  | { readonly name: "gather"; readonly answers: number }
  | { readonly name: "speak" }
  | { readonly name: "part" }

/**
 * A provider that speaks when it is told to. It has a process of its own: file descriptors are scarce, and what is
 * measured here should be of the pipeline alone.
 */
export interface RemoteProvider extends AsyncDisposable {
  readonly baseURL: string
  /** Resolves when so many answers wait for their next piece. */
  gather(answers: number): Promise<number>
  /** Every answer goes on by one piece, the last time to its end. */
  speak(): Promise<number>
  /** Resolves when no connection is left. */
  part(): Promise<number>
}

/** Starts a provider that says the same to everybody. */
export async function startRemoteProvider(saying: string): Promise<RemoteProvider> {
  const execArgv = ["--conditions=@bellwether/source"]
  const child = fork(new URL("provider-process.ts", import.meta.url), [saying], { execArgv })
  const gone = new AbortController()
  child.once("exit", () => gone.abort(new Error("The provider's process has ended.")))

  async function said<T>(): Promise<T> {
    const [message] = await once(child, "message", gone)
    return message as T
  }

  function tell(order: Order): Promise<number> {
    child.send(order)
    return said()
  }

  return {
    baseURL: await said(),
    gather: (answers) => tell({ name: "gather", answers }),
    speak: () => tell({ name: "speak" }),
    part: () => tell({ name: "part" }),
    async [Symbol.asyncDispose]() {
      if (gone.signal.aborted) return
      child.disconnect()
      await once(child, "exit")
    },
  }
}
