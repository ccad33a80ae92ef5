import { readFileSync } from "node:fs"

type Json = Readonly<Record<string, unknown>>

const schema = JSON.parse(readFileSync(new URL("../trail-line.schema.json", import.meta.url), "utf8")) as Json

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isOfType: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
}

/** What is wrong with a line, by the schema we publish: as much of JSON Schema as that needs. */
export const faultsOf = (line: unknown): readonly string[] => check(line, schema, "line")

function check(value: unknown, rule: Json, path: string): string[] {
  if (typeof rule["$ref"] === "string") return check(value, resolve(rule["$ref"]), path)
  if ("const" in rule && value !== rule["const"]) return [`${path} is not ${String(rule["const"])}`]
  if (Array.isArray(rule["enum"]) && !rule["enum"].includes(value)) return [`${path} is ${String(value)}`]
  if (typeof rule["type"] === "string" && !isOfType[rule["type"]]?.(value))
    return [`${path} is no ${rule["type"]}`]
  if (typeof rule["minimum"] === "number" && Number(value) < rule["minimum"]) return [`${path} is too small`]
  if (Array.isArray(value))
    return value.flatMap((item, index) => check(item, (rule["items"] ?? {}) as Json, `${path}[${index}]`))
  return isObject(value) ? checkMembers(value, rule, path) : []
}

function checkMembers(value: Json, rule: Json, path: string): string[] {
  const properties = (rule["properties"] ?? {}) as Readonly<Record<string, Json>>
  const missing = ((rule["required"] ?? []) as readonly string[]).filter((name) => !(name in value))
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const known = properties[name] ?? rule["additionalProperties"] ?? {}
      return known === false
        ? [`${path}.${name} is unknown`]
        : check(member, known as Json, `${path}.${name}`)
    }),
  ]
}

const resolve = (reference: string): Json =>
  reference
    .split("/")
    .slice(1)
    .reduce<Json>((part, name) => part[name] as Json, schema)
