import { describe, expect, test } from "vitest"
import { SourceReader } from "./source-reader.ts"
import type { ByteSink, ByteSource } from "./source-reader.ts"

const piece = (...bytes: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(bytes)

/** A reader, the sink its source tells, and what the source was told. */
function reading(pull: ByteSource["pull"] = () => {}) {
  let sink!: ByteSink
  const told: unknown[] = []
  const reader = new SourceReader({
    start: (given) => void (sink = given),
    pull: (given) => {
      told.push("pull")
      return pull(given)
    },
    cancel: (reason) => void told.push(reason),
  })
  return { reader, sink, told }
}

describe("whoever reads a source without a stream", () => {
  test("has a piece for each read, and asks for none before", async () => {
    const { reader, told } = reading((sink) => sink.enqueue(piece(told.length)))
    expect(told).toEqual([])
    expect(await reader.read()).toEqual({ done: false, value: piece(1) })
    expect(await reader.read()).toEqual({ done: false, value: piece(2) })
    expect(told).toEqual(["pull", "pull"])
  })

  test("waits for what comes later", async () => {
    const { reader, sink } = reading()
    const read = reader.read()
    sink.enqueue(piece(7))
    expect(await read).toEqual({ done: false, value: piece(7) })
  })

  test("is told of the end, also again", async () => {
    const { reader, sink, told } = reading()
    const read = reader.read()
    sink.close()
    expect([await read, await reader.read()]).toEqual([{ done: true }, { done: true }])
    expect(told).toEqual(["pull"])
  })

  test("is told of an error while it waits, and of the same from then on", async () => {
    const { reader, sink } = reading()
    const read = reader.read()
    sink.error("cut")
    sink.close()
    await expect(read).rejects.toBe("cut")
    await expect(reader.read()).rejects.toBe("cut")
  })

  test("is told of an error that came while nobody read, even of none in particular", async () => {
    const { reader, sink } = reading()
    sink.error(undefined)
    await expect(reader.read()).rejects.toBe(undefined)
  })

  test("is told of what the source throws at last", async () => {
    const { reader } = reading(async () => Promise.reject(new Error("broken")))
    await expect(reader.read()).rejects.toThrow("broken")
  })

  test("ends its wait by giving up, of which the source is told once", async () => {
    const { reader, told } = reading()
    const read = reader.read()
    await reader.cancel("enough")
    await reader.cancel("more than enough")
    expect(await read).toEqual({ done: true, value: undefined })
    expect(told).toEqual(["pull", "enough"])
  })

  test("gives up nothing that is over", async () => {
    const { reader, sink, told } = reading()
    sink.close()
    await reader.cancel("late")
    expect(told).toEqual([])
  })
})
