import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { faultKinds } from "./faults/fault.ts"
import { whenChecks } from "./faults/when.ts"
import { providerErrors, providerErrorNames } from "./serving/error-reply.ts"

const readme = readFileSync(new URL("README.md", import.meta.url), "utf8")
const sectionOf = (title: string): string =>
  readme.split(/^## /m).find((text) => text.startsWith(title)) ?? ""
const names = (text: string): string[] => [...text.matchAll(/`([\w-]+)/g)].flatMap(([, name]) => name ?? [])
const firstCells = (title: string): string[] =>
  [...sectionOf(title).matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, cell]) => names(cell ?? ""))

test("the catalogue of the README lists every fault there is, and no other", () => {
  expect(firstCells("Catalogue").toSorted()).toEqual(faultKinds.toSorted())
})

test("the README names every field of a fault's time", () => {
  expect(firstCells("When a fault strikes").toSorted()).toEqual(Object.keys(whenChecks).toSorted())
})

test("the errors of the README are all errors, under their status", () => {
  const rows = [...sectionOf("Errors").matchAll(/^\| (\d\d[\dx]) +\| (.*?) +\|$/gm)]
  const listed = rows.flatMap(([, status = "", cell]) =>
    names(cell ?? "").map((name) => [name, status] as const),
  )
  const actual = providerErrorNames.map((name) => [name, String(providerErrors[name].status)] as const)
  const family = (pairs: readonly (readonly [string, string])[]) =>
    Object.fromEntries(pairs.map(([name, status]) => [name, /^52[0-6]$/.test(status) ? "52x" : status]))
  expect(family(listed)).toEqual(family(actual))
})
