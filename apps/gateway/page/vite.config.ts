import { fileURLToPath } from "node:url"
import { defineConfig } from "vite"

/** The status page: built once, served by the gateway below `/status`. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/status/",
  logLevel: "warn",
  build: {
    outDir: fileURLToPath(new URL("../dist/page", import.meta.url)),
    emptyOutDir: true,
    // The page's policy allows nothing but files of its own.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})
