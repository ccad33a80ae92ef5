import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { extname, join, sep } from "node:path"
import { fileURLToPath } from "node:url"

/** One file of the page. */
export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly type: string
  readonly etag: string
  /** Whether its name changes with its content. */
  readonly isImmutable: boolean
}

/** Where the page is built to. */
const builtTo = fileURLToPath(new URL("../../dist/page/", import.meta.url))

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
}

/** The files of the page by their paths below `/status/`; none before it was built. */
export async function readPage(directory: string = builtTo): Promise<ReadonlyMap<string, PageFile>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const file = join(entry.parentPath, entry.name)
        const path = file.slice(directory.length).split(sep).filter(Boolean).join("/")
        return [path, pageFile(path, new Uint8Array(await readFile(file)))] as const
      }),
  )
  return new Map(files)
}

const pageFile = (path: string, bytes: Uint8Array<ArrayBuffer>): PageFile => ({
  bytes,
  type: types[extname(path)] ?? "application/octet-stream",
  etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
  isImmutable: path.startsWith("assets/"),
})
