/**
 * Fails a conformance case unless both values are the same JSON. The suites bring this along, so that they run under
 * any test runner and depend on none.
 */
export const claim = (what: string, actual: unknown, expected: unknown): void => {
  const [is, shouldBe] = [written(actual), written(expected)]
  if (is !== shouldBe) throw new Error(`${what}: expected ${shouldBe}, but it was ${is}.`)
}

const written = (value: unknown): string => JSON.stringify(value) ?? String(value)

/** What a promise rejects with. Fails the case when it does not, or when the call throws instead. */
export const rejection = async (what: string, act: () => Promise<unknown>): Promise<unknown> => {
  let promise: Promise<unknown>
  try {
    promise = act()
  } catch {
    throw new Error(`${what}: it must reject, but it threw.`)
  }
  return promise.then(
    () => {
      throw new Error(`${what}: it must reject, but it did not.`)
    },
    (error: unknown) => error,
  )
}

/** Fails a conformance case at the first line in which two logs differ. */
export const claimSameLines = (
  what: string,
  actual: readonly string[],
  expected: readonly string[],
): void => {
  const count = Math.max(actual.length, expected.length)
  for (let line = 0; line < count; line++) {
    if (actual[line] === expected[line]) continue
    throw new Error(
      `${what}: line ${line + 1} was ${actual[line] ?? "missing"}, but it should be ${expected[line] ?? "missing"}.`,
    )
  }
}
