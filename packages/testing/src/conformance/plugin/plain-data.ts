/**
 * What keeps a value from being plain data, as the end of a sentence; `undefined` when it is what JSON takes. Members
 * that are `undefined` are no harm: JSON leaves them out.
 */
export const unplain = (value: unknown, path: string, above: readonly object[] = []): string | undefined => {
  if (typeof value === "number")
    return Number.isFinite(value) ? undefined : `${path} is ${value}, which JSON does not know`
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined
  if (typeof value !== "object") return `${path} is of the type ${typeof value}`
  if (above.includes(value)) return `${path} leads back to itself`
  if (Array.isArray(value)) return firstOf(value.entries(), path, [...above, value])
  if (!isRecord(value)) return `${path} is an instance of ${value.constructor.name}`
  return firstOf(
    Object.entries(value).filter(([, member]) => member !== undefined),
    path,
    [...above, value],
  )
}

const isRecord = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const firstOf = (
  members: Iterable<readonly [string | number, unknown]>,
  path: string,
  above: readonly object[],
): string | undefined => {
  for (const [name, member] of members) {
    const fault = unplain(member, `${path}.${name}`, above)
    if (fault !== undefined) return fault
  }
  return undefined
}
