import { writeFileSync } from "node:fs"
import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises"
import { describe, expect, test } from "vitest"
import { folder } from "../test/folder.ts"
import { loadConfig } from "./load-config.ts"
import type { LoadedConfig } from "./load-config.ts"
import { watchConfig } from "./watch-config.ts"

const yaml = (id: string): string => `endpoints: [{ id: ${id}, baseURL: https://primary.example/v1 }]\n`

/** Watches a config, and hands out what is told of it one after the other: an id, or what is wrong. */
async function watching(file: string, changed: (loaded: LoadedConfig) => void = () => {}) {
  const told: string[] = []
  let wake = (): void => {}
  const tell = (word: string): void => {
    told.push(word)
    wake()
  }
  const loaded = await loadConfig({ file, variables: {} })
  const watch = watchConfig(
    loaded,
    {
      changed: (next) => {
        tell(next.options.endpoints[0]?.id ?? "none")
        changed(next)
      },
      failed: (error) => tell((error as Error).message.replace(file, "file")),
    },
    { variables: {} },
  )
  return {
    reload: watch.reload,
    told,
    async next(): Promise<string> {
      while (told.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return told.shift() ?? ""
    },
    [Symbol.asyncDispose]: watch.close,
  }
}

describe("a config that is watched", () => {
  test("is told when the file is written", async () => {
    await using place = await folder({ "a.yaml": yaml("a") })
    await using watch = await watching(place.of("a.yaml"))
    for (const id of ["b", "c", "d"]) {
      await place.write("a.yaml", yaml(id))
      expect(await watch.next()).toBe(id)
    }
  })

  test("is told when another file takes its place", async () => {
    await using place = await folder({ "a.yaml": yaml("a") })
    await using watch = await watching(place.of("a.yaml"))
    for (const id of ["b", "c", "d"]) {
      await rename(await place.write("a.yaml.new", yaml(id)), place.of("a.yaml"))
      expect(await watch.next()).toBe(id)
    }
  })

  test("is told when the link above it is turned elsewhere, as Kubernetes does", async () => {
    await using place = await folder({ "..1/a.yaml": yaml("v1") })
    await symlink("..1", place.of("..data"))
    await symlink("..data/a.yaml", place.of("a.yaml"))
    await using watch = await watching(place.of("a.yaml"))
    for (const step of [2, 3, 4]) {
      await place.write(`..${step}/a.yaml`, yaml(`v${step}`))
      await symlink(`..${step}`, place.of("..data_tmp"))
      await rename(place.of("..data_tmp"), place.of("..data"))
      await rm(place.of(`..${step - 1}`), { recursive: true })
      expect(await watch.next()).toBe(`v${step}`)
    }
  })

  test("is told when the file behind a link is written", async () => {
    await using place = await folder({ "real/b.yaml": yaml("a") })
    await symlink("real/b.yaml", place.of("a.yaml"))
    await using watch = await watching(place.of("a.yaml"))
    await place.write("real/b.yaml", yaml("b"))
    expect(await watch.next()).toBe("b")
  })

  test("is told when a module changes that it imports, also one it did not import at first", async () => {
    const text = (from: string) =>
      `import id from "${from}"\nexport default { endpoints: [{ id, baseURL: "https://primary.example/v1" }] }`
    await using place = await folder({
      "a.ts": text("./one/id.ts"),
      "one/id.ts": 'export default "a"',
      "two/id.js": 'export default "c"',
    })
    await using watch = await watching(place.of("a.ts"))
    await place.write("one/id.ts", 'export default "b"')
    expect(await watch.next()).toBe("b")
    await place.write("a.ts", text("./two/id.js"))
    expect(await watch.next()).toBe("c")
    await place.write("two/id.js", 'export default "d"')
    expect(await watch.next()).toBe("d")
  })

  test("that is broken is told as such, and again when it is mended", async () => {
    await using place = await folder({ "a.yaml": yaml("a") })
    await using watch = await watching(place.of("a.yaml"))
    await place.write("a.yaml", "endpoints: [")
    expect(await watch.next()).toMatch(/^file:1:/)
    await place.write("a.yaml", yaml("b/c"))
    expect(await watch.next()).toMatch(/^file: endpoints\[0\]\.id can not be "b\/c"/)
    await rm(place.of("a.yaml"))
    expect(await watch.next()).toBe("There is no file: make it, or name another file.")
    await place.write("a.yaml", yaml("a"))
    expect(await watch.next()).toBe("a")
  })

  test("is read anew on demand, changed or not", async () => {
    await using place = await folder({ "a.yaml": yaml("a") })
    await using watch = await watching(place.of("a.yaml"))
    await watch.reload()
    expect(watch.told).toEqual(["a"])
    await Promise.all([watch.reload(), watch.reload()])
    expect(watch.told).toEqual(["a", "a", "a"])
  })

  test("says so when whoever was told can not use it, and goes on", async () => {
    await using place = await folder({ "a.yaml": yaml("a") })
    await using watch = await watching(place.of("a.yaml"), () => {
      throw new Error("no room")
    })
    await watch.reload()
    await watch.reload()
    expect(watch.told).toEqual(["a", "no room", "a", "no room"])
  })

  test("is not told twice of one change, nor of other files, nor after the end", async () => {
    await using place = await folder({ "a.yaml": yaml("a") })
    const watch = await watching(place.of("a.yaml"))
    await writeFile(place.of("other.yaml"), yaml("x"))
    await mkdir(place.of("folder"))
    writeFileSync(place.of("a.yaml"), yaml("x"))
    writeFileSync(place.of("a.yaml"), yaml("b"))
    expect(await watch.next()).toBe("b")
    await place.write("a.yaml", yaml("c"))
    expect(await watch.next()).toBe("c")
    await watch[Symbol.asyncDispose]()
    await watch.reload()
    expect(watch.told).toEqual([])
  })
})
