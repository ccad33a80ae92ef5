import { inspect } from "node:util"
import { describe, expect, test } from "vitest"
import { SecretKey } from "./secret-key.ts"

/** A key function that hands out `sk-1`, `sk-2`, … when told to. */
function issuer() {
  let issued = 0
  const waiting: ((key: string) => void)[] = []
  return {
    key: () => new Promise<string>((resolve) => void waiting.push(resolve)),
    issue: () => waiting.splice(0).forEach((resolve) => resolve(`sk-${++issued}`)),
    get asked() {
      return issued + waiting.length
    },
  }
}

describe("a key that is a text", () => {
  test("is there at once", () => {
    expect(new SecretKey("sk-1").read()).toBe("sk-1")
    expect(new SecretKey("sk-1").refreshable).toBe(false)
  })

  test("is sent without the line end of the file it was read from", () => {
    expect(new SecretKey("sk-1\n").read()).toBe("sk-1")
  })
})

describe("a key function", () => {
  test("is called once for all who ask at the same time, and not again", async () => {
    const source = issuer()
    const secret = new SecretKey(source.key)
    const first = Promise.all([1, 2, 3].map(async () => secret.read()))
    await Promise.resolve()
    source.issue()
    expect(await first).toEqual(["sk-1", "sk-1", "sk-1"])
    expect(await secret.read()).toBe("sk-1")
    expect(source.asked).toBe(1)
  })

  test("is called once more for all who found the same key refused", async () => {
    const source = issuer()
    const secret = new SecretKey(source.key)
    const first = secret.read()
    await Promise.resolve()
    source.issue()
    await first
    const fresh = Promise.all([1, 2, 3].map(async () => secret.refresh("sk-1")))
    await Promise.resolve()
    expect(source.asked).toBe(2)
    source.issue()
    expect(await fresh).toEqual(["sk-2", "sk-2", "sk-2"])
    expect(await secret.refresh("sk-1")).toBe("sk-2")
    expect(source.asked).toBe(2)
  })

  test("may answer at once", async () => {
    expect(await new SecretKey(() => "sk-1").read()).toBe("sk-1")
  })

  test.each<[string, () => never]>([
    [
      "throws",
      () => {
        throw new Error("vault is sealed")
      },
    ],
    ["rejects", () => Promise.reject(new Error("vault is sealed")) as never],
  ])("that %s is asked again the next time", async (_, broken) => {
    let isSealed = true
    const secret = new SecretKey(() => (isSealed ? broken() : "sk-1"))
    await expect(secret.read()).rejects.toThrow("vault is sealed")
    isSealed = false
    expect(await secret.read()).toBe("sk-1")
  })

  test.each([undefined, null, "", "  ", 7, {}, "sk\nforged: header", "sk-ü…"])(
    "that gives %j gives no key",
    async (value) => {
      await expect(new SecretKey(() => value as string).read()).rejects.toThrow(/key function/)
    },
  )

  test("whose refresh fails keeps the old key out of use and asks again", async () => {
    const answers: (() => string)[] = [
      () => "sk-1",
      () => {
        throw new Error("sealed")
      },
      () => "sk-3",
    ]
    const secret = new SecretKey(() => answers.shift()!())
    await secret.read()
    await expect(secret.refresh("sk-1")).rejects.toThrow("sealed")
    expect(await secret.read()).toBe("sk-3")
  })
})

describe("a secret key", () => {
  test("does not show itself", () => {
    const secret = new SecretKey("sk-planted")
    for (const shown of [inspect(secret, { showHidden: true, depth: null }), JSON.stringify(secret)])
      expect(shown).not.toContain("planted")
  })

  test("is taken out of a text, also the one it was before", async () => {
    const keys = ["sk-old", "sk-new"]
    const secret = new SecretKey(() => keys.shift()!)
    expect(secret.scrub("nothing to hide")).toBe("nothing to hide")
    await secret.read()
    await secret.refresh("sk-old")
    expect(secret.scrub("Incorrect key sk-old, try sk-new, or sk-new")).toBe(
      "Incorrect key [key], try [key], or [key]",
    )
  })
})
