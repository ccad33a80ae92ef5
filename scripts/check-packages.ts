// Packs every public package and looks at the tarballs as a consumer would: lint, types, `import` and `require`.
import { execFile } from "node:child_process"
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { promisify } from "node:util"

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const root = join(import.meta.dirname, "..")
const consumer = mkdtempSync(join(tmpdir(), "bellwether-packages-"))
const modules = join(consumer, "node_modules")
const run = promisify(execFile)

try {
  const packages = globSync("packages/*/package.json", { cwd: root })
    .map((file) => ({ folder: dirname(file), ...readManifest(file) }))
    .filter((manifest) => !manifest.private)
  assertTestsDependOn(packages)
  const tarballs = await pack(packages.map(({ folder }) => folder))
  await eachAtOnce(tarballs, lint)
  const needed = packages.flatMap(({ dependencies, peerDependencies }) =>
    Object.keys({ ...dependencies, ...peerDependencies }),
  )
  await install(tarballs, new Set(needed.filter((name) => !tarballs.has(name))))
  const entries = packages.flatMap(entriesOf)
  await Promise.all([checkTypes(entries), checkLoading(entries)])
  console.log(
    `${packages.length} packages pack well; ${entries.length} entries load by import and by require.`,
  )
} catch (error) {
  const { message, stdout = "" } = error as Error & { readonly stdout?: string }
  console.error(message, stdout)
  process.exitCode = 1
} finally {
  rmSync(consumer, { recursive: true })
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(join(root, file), "utf8")) as Manifest
}

/** This check runs after the builds that `tests` depends on; a package it forgets would be packed unbuilt. */
function assertTestsDependOn(packages: readonly Manifest[]): void {
  const known = readManifest("tests/package.json").dependencies ?? {}
  const forgotten = packages.map(({ name }) => name).filter((name) => !(name in known))
  if (forgotten.length > 0)
    throw new Error(`Add to the dependencies in tests/package.json: ${forgotten.join(", ")}`)
}

/** The modules of a package; what ends with .json is data. */
function entriesOf({ name, exports }: Manifest): readonly string[] {
  return Object.keys(exports)
    .filter((subpath) => !subpath.endsWith(".json"))
    .map((subpath) => name + subpath.slice(1))
}

/** @returns path of the tarball by package name */
async function pack(folders: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await execute("npm", [
    "pack",
    "--json",
    "--ignore-scripts",
    "--loglevel=error",
    `--pack-destination=${consumer}`,
    ...folders.map((folder) => `--workspace=${folder}`),
  ])
  // An array in npm 11, an object by name in npm 12.
  const packed = Object.values(JSON.parse(stdout) as Record<string, { name: string; filename: string }>)
  return new Map(packed.map(({ name, filename }) => [name, join(consumer, filename)]))
}

async function lint([, tarball]: readonly [string, string]): Promise<void> {
  await execute("publint", ["--strict", tarball])
  await execute("attw", [
    "--profile=node16",
    "--format=ascii",
    "--no-emoji",
    "--no-definitely-typed",
    tarball,
  ])
}

/** @param others packages of others that ours need */
async function install(tarballs: ReadonlyMap<string, string>, others: ReadonlySet<string>): Promise<void> {
  for (const [name, tarball] of tarballs) {
    mkdirSync(join(modules, name), { recursive: true })
    await execute("tar", ["-xzf", tarball, "-C", join(modules, name), "--strip-components=1"])
  }
  for (const other of [...others, "@types/node"]) {
    mkdirSync(dirname(join(modules, other)), { recursive: true })
    symlinkSync(join(root, "node_modules", other), join(modules, other), "junction")
  }
}

async function checkTypes(entries: readonly string[]): Promise<void> {
  const imports = entries.map(
    (entry, index) => `import * as entry${index} from "${entry}"\nexport { entry${index} }\n`,
  )
  for (const file of ["consumer.mts", "consumer.cts"]) writeFileSync(join(consumer, file), imports.join(""))
  const options = ["--module", "nodenext", "--target", "es2022", "--types", "node", "--noEmit", "--strict"]
  await execute("tsc", ["--ignoreConfig", ...options, "consumer.mts", "consumer.cts"], consumer)
}

async function checkLoading(entries: readonly string[]): Promise<void> {
  writeFileSync(
    join(consumer, "consumer.mjs"),
    `import { createRequire } from "node:module"
const require = createRequire(import.meta.url)
for (const entry of ${JSON.stringify(entries)}) {
  const [imported, required] = [Object.keys(await import(entry)), Object.keys(require(entry))]
  if (imported.sort().join() !== required.sort().join())
    throw new Error(entry + " offers " + imported + " by import, but by require " + required)
}
`,
  )
  await execute(process.execPath, ["consumer.mjs"], consumer)
}

function execute(command: string, argv: readonly string[], cwd = root): Promise<{ readonly stdout: string }> {
  return run(command, argv, { cwd, shell: process.platform === "win32", maxBuffer: 2 ** 26 })
}

async function eachAtOnce<Item>(items: Iterable<Item>, work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items].values()
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
}
