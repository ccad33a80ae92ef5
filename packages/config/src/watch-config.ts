import { realpath } from "node:fs/promises"
import { dirname } from "node:path"
import { systemClock } from "@bellwether/core"
import type { Clock, Timer } from "@bellwether/core"
import type { FSWatcher } from "chokidar"
import { loadConfig } from "./load-config.ts"
import type { LoadedConfig } from "./load-config.ts"
import type { Variables } from "./resolve-env.ts"
import { currentVersion } from "./sources.ts"

/** Who is told of changes, one at a time. */
export interface ConfigListener {
  /** There is another config, read and checked. If it throws, `failed` is told. */
  changed(loaded: LoadedConfig): void | Promise<void>
  /** The files changed, but not into a config that is right; whoever runs on the former one goes on. */
  failed(error: unknown): void
}

/** How a config is watched. */
export interface WatchOptions {
  /** Environment variables. @default those of the process */
  readonly variables?: Variables
  /** @default the system's */
  readonly clock?: Clock
}

/** A config that is being watched. Keeps no process alive. */
export interface ConfigWatch {
  /** Reads the config anew, whether its files have changed or not; resolves when the listener was told. */
  reload(): Promise<void>
  /** Ends the watching. */
  close(): Promise<void>
}

/** For so many milliseconds the files have to stand still before they are read: writing may take several steps. */
const settleMs = 100

/**
 * Tells of every change of a config: files written in place, replaced by others, or reached by links that were turned
 * elsewhere, as Kubernetes does; the file itself, and the modules it imports from the project.
 *
 * @example
 * const loaded = await loadConfig()
 * const watch = watchConfig(loaded, {
 *   changed: ({ options }) => console.log(`${options.endpoints.length} endpoints`),
 *   failed: (error) => console.error(error),
 * })
 * process.on("SIGHUP", () => void watch.reload())
 *
 * @param config what was loaded, so that nothing is missed from then on
 */
export function watchConfig(
  config: LoadedConfig,
  listener: ConfigListener,
  { variables, clock = systemClock }: WatchOptions = {},
): ConfigWatch {
  let { files, version } = config
  /** What the files held when they were looked at last. */
  let seen = version
  let watched: readonly string[] = []
  let watcher: FSWatcher | undefined
  let timer: Timer | undefined
  let isArmed = false
  let isClosed = false

  let last = Promise.resolve()
  const inTurn = (run: () => Promise<void>): Promise<void> =>
    (last = last.then(() => (isClosed ? undefined : run())).catch(tell))

  // A listener that throws must not end the watching.
  function tell(error: unknown): void {
    try {
      listener.failed(error)
    } catch {}
  }

  // Later events do not put off the look: a directory may never be quiet.
  function lookSoon(): void {
    if (isArmed || isClosed) return
    isArmed = true
    timer ??= clock.after(settleMs, () => {
      isArmed = false
      void inTurn(look)
    })
    timer.rearm(settleMs)
  }

  async function look(): Promise<void> {
    const found = await currentVersion(files)
    const isSettled = found === seen
    seen = found
    if (found === version) return
    if (isSettled) await load()
    else lookSoon()
  }

  async function load(): Promise<void> {
    version = await currentVersion(files)
    const loaded = await loadConfig({ file: config.file, ...(variables !== undefined && { variables }) })
    ;({ files, version } = loaded)
    await watchAll()
    await listener.changed(loaded)
  }

  async function watchAll(): Promise<void> {
    const directories = await directoriesOf(files)
    if (directories.join("\0") === watched.join("\0")) return
    await watcher?.close()
    const { watch } = await import("chokidar")
    watched = directories
    watcher = watch([...directories], {
      depth: 0,
      followSymlinks: false,
      ignoreInitial: true,
      persistent: false,
    })
    // Of files replaced in quick succession, not all become an event of their own, but all are seen by the system.
    watcher.on("all", lookSoon).on("raw", lookSoon).on("ready", lookSoon).on("error", tell)
  }

  void inTurn(watchAll)
  return {
    reload: () => inTurn(load),
    async close() {
      isClosed = true
      timer?.cancel()
      await last
      await watcher?.close()
    },
  }
}

/** Where the files lie, and where links lead: files that are replaced can not be watched themselves. */
async function directoriesOf(files: readonly string[]): Promise<readonly string[]> {
  const real = await Promise.all(files.map((file) => realpath(file).catch(() => file)))
  return [...new Set([...files, ...real].map((file) => dirname(file)))].toSorted()
}
