// Runs before the other scripts, on whatever Node the host has: installs what package-lock.json asks for, once.
// `--mark` only notes that an installation by hand has done so.
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

if (process.argv[2] === "--mark") {
  const pretended = process.env.npm_config_dry_run || process.env.npm_config_package_lock_only
  if (!pretended) writeFileSync(mark, wanted)
} else if (!existsSync(mark) || readFileSync(mark, "utf8") !== wanted) {
  console.log("Installing what package-lock.json asks for (once) ...")
  install()
  writeFileSync(mark, wanted)
}

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
