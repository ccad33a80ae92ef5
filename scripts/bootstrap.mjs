// Runs before the other scripts, on whatever Node the host has: installs what package-lock.json asks for, once.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const mark = join(root, "node_modules", ".bootstrap")
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .update(process.platform + "-" + process.arch)
  .digest("hex")

const installed = existsSync(mark) && readFileSync(mark, "utf8") === wanted
const markOnly = process.argv[2] === "--mark" // after an install by hand

if (!installed && !markOnly) {
  console.log("Installing what package-lock.json asks for (once) ...")
  install()
}
if (!installed) writeFileSync(mark, wanted)

function install() {
  const npm = process.env.npm_execpath
  const flags = ["ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"]
  const options = { cwd: root, stdio: "inherit" }
  const result = npm
    ? spawnSync(process.execPath, [npm].concat(flags), options)
    : spawnSync("npm", flags, Object.assign({ shell: process.platform === "win32" }, options))
  if (result.error) throw result.error
  if (result.status !== 0) process.exit(result.status || 1)
}
