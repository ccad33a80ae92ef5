/** Turns of the event loop asked for here and not yet over. */
let turns = 0

/** Captured, so that a test that fakes timers does not stop the clock it drives. */
// oxlint-disable-next-line no-restricted-globals -- a turn of the event loop is no time
const immediate = globalThis.setImmediate as typeof setImmediate | undefined

const channelTurn = (run: () => void): void => {
  const { port1, port2 } = new MessageChannel()
  port1.addEventListener("message", () => {
    port1.close()
    run()
  })
  port1.start()
  port2.postMessage(undefined)
}

const later: (run: () => void) => void = immediate ?? channelTurn

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    turns++
    later(() => {
      turns--
      resolve()
    })
  })

/**
 * Whether code elsewhere waits for the next turn of the event loop, as `node:stream` does. Runtimes that can not
 * tell have no immediates either.
 */
const hasForeignTurns = (): boolean => {
  const resources = globalThis.process?.getActiveResourcesInfo?.() ?? []
  let immediates = 0
  for (const resource of resources) if (resource === "Immediate") immediates++
  return immediates > turns
}

/**
 * Resolves when all that is ready to run has run: promises, ticks and immediates, and whatever these start.
 *
 * One turn of the event loop empties the queues of promises and ticks however long they grow.
 */
export const quiet = async (): Promise<void> => {
  do await turn()
  while (hasForeignTurns())
}
