import { fork } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** A server under load: a process of its own. */
export interface Contestant {
  readonly name: string
  readonly pid: number
  readonly origin: string
  readonly headers: Readonly<Record<string, string>>
  stop(): void
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/** Starts a module that sends the port it listens on. */
export async function startOwn(name: string, module: string, ...args: string[]): Promise<Contestant> {
  const child = fork(here(module), args, { stdio: ["ignore", "ignore", "inherit", "ipc"] })
  const [port] = (await once(child, "message")) as [number]
  return contestant(name, child, port)
}

/** Our gateway as a user starts it, built, with one endpoint and every default. */
export async function startGateway(upstream: string): Promise<Contestant> {
  const port = await freePort()
  const file = join(await mkdtemp(join(tmpdir(), "bellwether-bench-")), "bellwether.config.json")
  const config = {
    endpoints: [{ id: "upstream", baseURL: `${upstream}/v1`, key: "none" }],
    gateway: { port },
  }
  await writeFile(file, JSON.stringify(config))
  const child = fork(here("../../../apps/gateway/src/main.ts"), ["--config", file], silent)
  await answers(`http://127.0.0.1:${port}/healthz`)
  return contestant("bellwether gateway", child, port)
}

/** Portkey's open source gateway, which is told by headers where to go. */
export async function startPortkey(upstream: string): Promise<Contestant> {
  const port = await freePort()
  const module = fileURLToPath(import.meta.resolve("@portkey-ai/gateway/build/start-server.js"))
  const env = { ...process.env, TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost", NODE_ENV: "production" }
  const child = fork(module, [`--port=${port}`, "--headless"], { ...silent, env })
  await answers(`http://127.0.0.1:${port}/`)
  return contestant("@portkey-ai/gateway", child, port, {
    "x-portkey-provider": "openai",
    "x-portkey-custom-host": `${upstream}/v1`,
  })
}

const silent = { stdio: ["ignore", "ignore", "ignore", "ipc"] as ["ignore", "ignore", "ignore", "ipc"] }

const contestant = (
  name: string,
  child: ChildProcess,
  port: number,
  headers: Readonly<Record<string, string>> = {},
): Contestant => ({
  name,
  pid: child.pid ?? 0,
  origin: `http://127.0.0.1:${port}`,
  headers: { "content-type": "application/json", authorization: "Bearer none", ...headers },
  stop: () => void child.kill(),
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}

/** Waits for a server that was started to answer, at most half a minute. */
async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const answered = await fetch(url).catch(() => undefined)
    await answered?.body?.cancel()
    if (answered !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`Nothing answers at ${url}.`)
}
