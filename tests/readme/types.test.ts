import { execFile } from "node:child_process"
import { writeFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { documents } from "./documents.ts"
import { writeSnippets } from "./snippets.ts"

const compiler = fileURLToPath(new URL("../../node_modules/@typescript/native/bin/tsc", import.meta.url))
const project = fileURLToPath(new URL("dist/types/tsconfig.json", import.meta.url))

/** As strict as our own code, but that an example may stop before it uses what it has made. */
const options = {
  extends: "../../../../tsconfig.json",
  compilerOptions: { noUnusedLocals: false },
  include: ["**/*.ts"],
  exclude: [],
}

test("the code of all documents is well typed", async () => {
  await using stack = new AsyncDisposableStack()
  for (const document of documents) stack.use(await writeSnippets(document, "types"))
  await writeFile(project, JSON.stringify(options))
  const { stdout } = await promisify(execFile)(process.execPath, [compiler, "-p", project]).catch(
    (error: { readonly stdout: string }) => error,
  )
  expect(stdout).toBe("")
}, 120_000)
