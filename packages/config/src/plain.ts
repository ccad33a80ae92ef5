/** An object that is data: not an instance of a class, which is the program's own and left alone. */
export type PlainObject = Readonly<Record<string, unknown>>

export const isPlain = (value: unknown): value is PlainObject =>
  typeof value === "object" &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value) as object | null)

/** The path of a part of a config, written as core writes paths of options. */
export const within = (path: string, name: string): string => {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${path}[${JSON.stringify(name)}]`
  return path === "" ? name : `${path}.${name}`
}
