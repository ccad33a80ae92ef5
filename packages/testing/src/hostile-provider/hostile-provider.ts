import { checkOptions, seededRandom, systemClock, wholeNumber } from "@bellwether/core"
import { exchange } from "./exchange.ts"
import { checkRule } from "./faults/check-rule.ts"
import type { FaultRule } from "./faults/fault.ts"
import { faultBook, type Injection } from "./faults/fault-book.ts"
import type { When } from "./faults/when.ts"
import { listener } from "./listener.ts"
import { behaviourChecks, type HostileProviderOptions } from "./options.ts"
import { outages } from "./outages.ts"
import { requestLog, type LoggedRequest } from "./request-log.ts"
import { providerDesk } from "./serving/provider-desk.ts"

/** A provider on loopback that answers like a real one and fails like the worst. */
export interface HostileProvider extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  /** The origin with `/v1`, as the openai SDK wants it. */
  readonly baseURL: string
  readonly port: number
  /** The newest requests, oldest first. They live on: the entry of a request that goes on changes. */
  readonly requests: readonly LoggedRequest[]
  /** Requests whose answer is not over. */
  readonly inFlight: number
  /** Connections that are open, idle ones included. */
  readonly openSockets: number
  /**
   * Breaks something from now on. Faults strike in the order they were injected, each what the one before left.
   *
   * @throws PipelineError `invalid-options` for a fault that does not exist
   */
  inject(fault: FaultRule, when?: When): Injection
  /** Takes all faults back, also those given at the start. */
  clear(): void
  /**
   * Resolves as soon as the condition holds, which is looked at whenever a request arrives, moves on or ends and
   * whenever a connection closes: a test waits for what happened, not for a time.
   */
  until(condition: (provider: HostileProvider) => boolean): Promise<void>
  /** Refuses connections and tears down the open ones, until {@link restart}. */
  stop(): Promise<void>
  /** Listens again, on the same port. */
  restart(): Promise<void>
  /** Ends it for good and leaves no socket. Never hangs, whatever goes on. */
  close(): Promise<void>
}

/** Starts a hostile provider on a port of 127.0.0.1. Runs on Node only. */
export const startHostileProvider = async (
  options: HostileProviderOptions = {},
): Promise<HostileProvider> => {
  checkOptions("startHostileProvider", options, { ...behaviourChecks, port: wholeNumber })
  for (const rule of options.faults ?? []) checkRule(rule)
  const { clock = systemClock, seed = 1, logLimit = 10_000 } = options
  const random = seededRandom(seed)
  const log = requestLog(logLimit, clock)
  const server = await listener(options.port ?? 0, onRequest, log.changed)
  const { port, toreDown } = server
  const faults = faultBook({ clock, random, otherOrigin: `http://localhost:${port}` })
  const desk = providerDesk(options, { clock, random, mark: port.toString(36) })
  let arrived = 0

  function onRequest(...[incoming, response]: Parameters<Parameters<typeof listener>[1]>): void {
    void exchange((arrived += 1), incoming, response, { clock, log, desk, faults, toreDown })
  }

  let stopped = false
  let refusing = false
  let settling = Promise.resolve()
  const settle = (): Promise<void> => {
    const settled = settling.then(() => (stopped || refusing ? server.down() : server.up()))
    settling = settled.catch(() => {})
    return settled
  }
  const refusals = outages(clock, (down) => {
    if (refusing === down) return
    refusing = down
    void settle()
  })

  const provider: HostileProvider = {
    origin: `http://127.0.0.1:${port}`,
    baseURL: `http://127.0.0.1:${port}/v1`,
    port,
    requests: log.entries,
    get inFlight() {
      return log.inFlight
    },
    get openSockets() {
      return server.sockets.size
    },
    inject(rule, when = rule.when ?? {}) {
      checkRule({ ...rule, when })
      return rule.kind === "refuse" ? refusals.add(when) : faults.add(rule, when)
    },
    clear() {
      faults.clear()
      refusals.clear()
    },
    until: (condition) => log.until(() => condition(provider)),
    stop() {
      stopped = true
      return settle()
    },
    restart() {
      stopped = false
      return settle()
    },
    async close() {
      stopped = true
      provider.clear()
      await settle()
      await provider.until(({ inFlight, openSockets }) => inFlight === 0 && openSockets === 0)
    },
    [Symbol.asyncDispose]: () => provider.close(),
  }
  for (const rule of options.faults ?? []) provider.inject(rule)
  return provider
}
