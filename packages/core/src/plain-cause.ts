const deepest = 5

/**
 * A transport's error with what tells what happened: name, message, code, stack, causes. Not with what its maker hung
 * on it: some clients put the whole request there, and with it the key.
 */
export function plainCause(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth === deepest) return undefined
  const inner: unknown = "errors" in error && Array.isArray(error.errors) ? error.errors[0] : error.cause
  const cause = plainCause(inner, depth + 1)
  const plain = new Error(error.message, cause === undefined ? undefined : { cause })
  plain.name = error.name
  Object.defineProperty(plain, "stack", { value: error.stack, configurable: true, writable: true })
  if ("code" in error && typeof error.code === "string") Object.assign(plain, { code: error.code })
  return plain
}
