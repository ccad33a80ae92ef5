import { storeCases, type StoreUnderTest } from "./store-cases.ts"
import { storeWatchCases } from "./store-watch-cases.ts"

/** Registers a test, as `test` of vitest, jest and `node:test` do. */
export type RegisterTest = (title: string, run: () => Promise<void>) => unknown

/**
 * Checks that a store keeps the contract of `Store`: with its tests passing, every plugin can rely on it.
 *
 * @param name goes before each title
 * @param create makes an empty store for each test
 * @param test of your test runner
 */
export const testStore = (
  name: string,
  create: () => StoreUnderTest | Promise<StoreUnderTest>,
  test: RegisterTest,
): void => {
  for (const { title, run } of [...storeCases, ...storeWatchCases]) {
    test(`${name}: ${title}`, async () => {
      const subject = await create()
      try {
        const { store, peer = store } = subject
        await run({ store, peer, pass: (ms) => subject.pass(ms) })
      } finally {
        await subject.close?.()
      }
    })
  }
}
