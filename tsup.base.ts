import { execFileSync } from "node:child_process"
import { glob, readFile, writeFile } from "node:fs/promises"
import { defineConfig } from "tsup"

/** How every package is built: ESM and CommonJS by tsup, declarations for both by the native compiler. */
export const library = (entries: readonly string[] = ["index"]): ReturnType<typeof defineConfig> =>
  defineConfig({
    entry: entries.map((entry) => `src/${entry}.ts`),
    format: ["esm", "cjs"],
    target: "node22",
    clean: true,
    silent: true,
    sourcemap: true,
    removeNodeProtocol: false,
    // Entries reach each other by package name, so that no class exists twice.
    external: [/^@bellwether\//, /^bellwether(\/|$)/],
    onSuccess: writeDeclarations,
  })

async function writeDeclarations(): Promise<void> {
  execFileSync("tsc", ["-p", "tsconfig.build.json"], {
    stdio: "inherit",
    shell: process.platform === "win32",
  })
  for await (const file of glob("dist/**/*.d.ts")) {
    const declaration = await readFile(file, "utf8")
    await writeFile(file.replace(/\.ts$/, ".cts"), withImportSuffix(declaration, ".cjs"))
    await writeFile(file, withImportSuffix(declaration, ".js"))
  }
}

/** The compiler leaves `./x.ts` in declarations; a consumer needs the name of what was built. */
const withImportSuffix = (declaration: string, suffix: string): string =>
  declaration.replace(/(["'])(\.{1,2}\/[^"']*)\.ts\1/g, `$1$2${suffix}$1`)
