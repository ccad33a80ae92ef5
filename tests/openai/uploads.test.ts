import { createReadStream } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { CallStarted } from "@bellwether/core"
import type { HostileProvider } from "@bellwether/testing"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { sdks } from "./sdks.ts"
import { only, setUp } from "./stage.ts"

const words = "羊群跟着铃声 — the flock follows the bell. ".repeat(2_000)

/** The form a provider received, read as a server reads it. */
function received(provider: HostileProvider): Promise<FormData> {
  const { bytes, headers } = only(provider)
  const contentType = headers["content-type"] ?? ""
  return new Response(new Uint8Array(bytes), { headers: { "content-type": contentType } }).formData()
}

async function fileIn(form: FormData): Promise<{ readonly name: string; readonly text: string }> {
  const file = form.get("file")
  if (!(file instanceof File)) throw new Error("The form holds no file.")
  return { name: file.name, text: await file.text() }
}

describe.each(sdks)("uploads of $name over a pipeline", ({ sdk }) => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bellwether-"))
    await writeFile(join(folder, "flock.txt"), words)
  })
  afterAll(() => rm(folder, { recursive: true }))

  test.for([
    ["a buffer", () => sdk.toFile(Buffer.from(words), "flock.txt")],
    ["a file that is read as a stream", async () => createReadStream(join(folder, "flock.txt"))],
    ["a File", async () => new File([words], "flock.txt")],
  ] as const)("%s arrives whole, in one call", async ([, makeFile]) => {
    await using stage = await setUp(sdk)
    const operations: string[] = []
    stage.pipeline.on(CallStarted, ({ call }) => operations.push(call.operation.name))
    const created = await stage.client.files.create({ file: await makeFile(), purpose: "user_data" })
    expect(created.id).toMatch(/^file-/)
    const form = await received(stage.primary)
    expect(await fileIn(form)).toEqual({ name: "flock.txt", text: words })
    expect(form.get("purpose")).toBe("user_data")
    expect(operations).toEqual(["files"])
  })

  test.for([
    ["a buffer", () => sdk.toFile(Buffer.from(words), "flock.wav")],
    ["a file that is read as a stream", async () => createReadStream(join(folder, "flock.txt"))],
  ] as const)("%s that any endpoint may take goes to the fallback, whole once more", async ([, makeFile]) => {
    await using stage = await setUp(sdk, { faults: [{ kind: "error", error: "unavailable" }] })
    stage.fallback.inject({ kind: "status", status: 200, body: { text: "Baa." } })
    const { text } = await stage.client.audio.transcriptions.create({
      file: await makeFile(),
      model: "whisper-1",
    })
    expect(text).toBe("Baa.")
    const form = await received(stage.fallback)
    expect((await fileIn(form)).text).toBe(words)
    expect(form.get("model")).toBe("whisper-1")
  })

  test("a form of one's own arrives with its boundary", async () => {
    await using stage = await setUp(sdk)
    const form = new FormData()
    form.set("purpose", "user_data")
    form.set("file", new File([words], "flock.txt"))
    await stage.client.post("/files", { body: form })
    expect(await fileIn(await received(stage.primary))).toEqual({ name: "flock.txt", text: words })
  })

  test("law 14: what was uploaded is looked up and deleted where it lives", async () => {
    await using stage = await setUp(sdk)
    const { id } = await stage.client.files.create({ file: new File([words], "a.txt"), purpose: "user_data" })
    expect((await stage.client.files.retrieve(id)).filename).toBe("a.txt")
    expect(await (await stage.client.files.content(id)).text()).toBe(words)
    expect((await stage.client.files.delete(id)).deleted).toBe(true)
    expect(stage.fallback.requests).toEqual([])
  })
})
