import { glob, readFile, writeFile } from "node:fs/promises"
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { defineConfig } from "tsup"

const run = promisify(execFile)

/** How every package is built: ESM and CommonJS by tsup, declarations for both by the native compiler. */
export const library = (entries: readonly string[] = ["index"]): ReturnType<typeof defineConfig> =>
  defineConfig({
    entry: entries.map((entry) => `src/${entry}.ts`),
    format: ["esm", "cjs"],
    target: "node22",
    clean: true,
    sourcemap: true,
    removeNodeProtocol: false,
    // Entries reach each other by package name: one class in the bundle of each, never two copies.
    external: [/^@bellwether\//, /^bellwether(\/|$)/],
    silent: true,
    onSuccess: declarations,
  })

async function declarations(): Promise<void> {
  await run("tsc", ["-p", "tsconfig.build.json"], { shell: process.platform === "win32" })
  for await (const file of glob("dist/**/*.d.ts")) {
    const text = await readFile(file, "utf8")
    await writeFile(file.replace(/\.ts$/, ".cts"), withExtension(text, ".cjs"))
    await writeFile(file, withExtension(text, ".js"))
  }
}

/** The compiler leaves `./x.ts` in declarations; consumers need the name of what was built. */
const withExtension = (declaration: string, extension: string): string =>
  declaration.replace(/(["'])(\.{1,2}\/[^"']*)\.ts\1/g, `$1$2${extension}$1`)
