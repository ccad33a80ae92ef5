import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { chromium } from "playwright-core"
import type { Browser } from "playwright-core"
import { build } from "vite"

const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium"

/** Whether there is a browser to test with. */
export const hasBrowser = existsSync(executablePath)

/** Debian's browser, without the connections it would open by itself. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--disable-sync",
      "--disable-background-networking",
      "--disable-component-update",
      "--no-first-run",
    ],
  })

/** Builds the status page to where the gateway serves it from. */
export async function buildPage(): Promise<void> {
  const configFile = fileURLToPath(new URL("../../apps/gateway/page/vite.config.ts", import.meta.url))
  await build({ configFile })
}
