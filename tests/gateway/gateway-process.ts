import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

/** What a gateway is started with. */
export const gatewayMain = fileURLToPath(new URL("../../apps/gateway/src/main.ts", import.meta.url))

/** A gateway in a process of its own. */
export interface GatewayProcess extends AsyncDisposable {
  readonly child: ChildProcess
  readonly url: string
  /**
   * Waits for a line of the log, behind the one that was waited for before.
   *
   * @throws Error when the process ends without it
   */
  said(event: string): Promise<Readonly<Record<string, unknown>>>
  /** Everything it has written, line by line. */
  readonly output: readonly string[]
}

/**
 * Starts a gateway; resolves when it listens.
 *
 * @param nodeArgs for Node itself
 */
export async function startGateway(
  args: readonly string[],
  directory: string,
  nodeArgs: readonly string[] = [],
): Promise<GatewayProcess> {
  const own = ["--conditions=@bellwether/source", gatewayMain, ...args]
  const child = spawn(process.execPath, [...nodeArgs, ...own], {
    cwd: directory,
    stdio: ["ignore", "pipe", "inherit"],
  })
  const output: string[] = []
  let news = Promise.withResolvers<void>()
  let isOver = false
  const tell = (): void => {
    news.resolve()
    news = Promise.withResolvers()
  }
  const lines = createInterface({ input: child.stdout })
  lines.on("line", (line) => {
    output.push(line)
    tell()
  })
  lines.once("close", () => {
    isOver = true
    tell()
  })
  let read = 0
  const said: GatewayProcess["said"] = async (event) => {
    for (;;) {
      for (; read < output.length; read++) {
        const line = output[read] ?? ""
        const entry = line.startsWith("{") ? (JSON.parse(line) as Record<string, unknown>) : {}
        if (entry["event"] !== event) continue
        read += 1
        return entry
      }
      if (isOver) throw new Error(`The gateway has ended, and never said ${event}.`)
      await news.promise
    }
  }
  const { url } = await said("gateway-listens")
  return {
    child,
    url: String(url),
    said,
    output,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, "exit")
      child.kill("SIGKILL")
      await ended
    },
  }
}

/** Where a gateway finds its config. */
export interface ConfigPlace extends AsyncDisposable {
  readonly file: string
  readonly directory: string
  /** Puts another config in the place of the one that is there, in one step as a good editor does. */
  write(config: object): Promise<void>
}

/** A directory of its own, for as long as the test. */
export async function configPlace(): Promise<ConfigPlace> {
  const directory = await mkdtemp(join(tmpdir(), "bellwether-gateway-"))
  const file = join(directory, "bellwether.config.json")
  return {
    file,
    directory,
    async write(config) {
      await writeFile(`${file}.draft`, JSON.stringify(config))
      await rename(`${file}.draft`, file)
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  }
}
