import { checkOptions, seededRandom, url, type Clock } from "@bellwether/core"
import { checkRule } from "../hostile-provider/faults/check-rule.ts"
import type { FaultRule } from "../hostile-provider/faults/fault.ts"
import { faultBook, type Injection, type Struck } from "../hostile-provider/faults/fault-book.ts"
import type { When } from "../hostile-provider/faults/when.ts"
import { behaviourChecks, type HostileProviderOptions } from "../hostile-provider/options.ts"
import { outages } from "../hostile-provider/outages.ts"
import {
  arrivingRequest,
  type ArrivingRequest,
  type ReceivedRequest,
} from "../hostile-provider/received-request.ts"
import { requestLog, type LoggedRequest } from "../hostile-provider/request-log.ts"
import { defaultAnswer } from "../hostile-provider/serving/default-answer.ts"
import { providerDesk, type Served } from "../hostile-provider/serving/provider-desk.ts"
import { works } from "../hostile-provider/serving/refusal.ts"
import { exchange, type ScriptedReply } from "./exchange.ts"
import { noAnswer } from "./network-error.ts"
import { scriptReader, type Script, type ScriptedAnswer } from "./script.ts"
import { sentRequest, urlOf } from "./sent-request.ts"

/** What a scripted provider is like: all that a hostile provider can be, without a port. */
export interface ScriptedProviderOptions extends Omit<HostileProviderOptions, "port"> {
  /** Where its waits come from. */
  readonly clock: Clock
  /** @default "https://provider.test" */
  readonly origin?: string
  /** What it answers to requests that make a model work. @default all is well */
  readonly script?: Script
}

/** A provider in process, behind a `fetch` instead of a socket, so that it lives in virtual time. */
export interface ScriptedProvider {
  readonly origin: string
  /** The origin with `/v1`, as the openai SDK wants it. */
  readonly baseURL: string
  /** Answers whatever it is asked, wherever the URL points; {@link scriptedFetch} looks at the origin. */
  readonly fetch: typeof fetch
  /** The newest requests, oldest first. The entry of a request that goes on changes. */
  readonly requests: readonly LoggedRequest[]
  /** Requests whose answer is not over. Not 0 after the work is done: somebody leaks a body. */
  readonly inFlight: number
  /**
   * Starts another script, from its first line.
   *
   * @throws PipelineError `invalid-options` for a fault that does not exist
   */
  follow(script: Script): void
  /** Breaks something from now on, on all routes; as the hostile provider does. */
  inject(fault: FaultRule, when?: When): Injection
  /** Takes back all that was injected. */
  clear(): void
}

/** Where redirects lead. */
const otherOrigin = "https://elsewhere.test"

/**
 * Makes a {@link ScriptedProvider}.
 *
 * @throws PipelineError `invalid-options`
 */
export const scriptedProvider = (options: ScriptedProviderOptions): ScriptedProvider => {
  const { clock, origin = "https://provider.test", script = [], ...behaviour } = options
  checkOptions("scriptedProvider", options, { ...behaviourChecks, origin: url, script: () => [] })
  const random = seededRandom(options.seed ?? 1)
  const log = requestLog(options.logLimit ?? 10_000, clock)
  const book = faultBook({ clock, random, otherOrigin })
  let isRefusing = false
  const refusals = outages(clock, (isDown) => (isRefusing = isDown))

  let read = scriptReader(script)
  const lines = new WeakMap<ReceivedRequest, ScriptedAnswer>()
  const { answer = defaultAnswer(random) } = options
  const desk = providerDesk(
    { ...behaviour, answer: (request, choice) => lines.get(request)?.says ?? answer(request, choice) },
    { clock, random, mark: seededRandom(origin).id().slice(0, 4) },
  )

  const strike = (served: Served, request: ReceivedRequest, { faults = [] }: ScriptedAnswer): Struck => {
    const own = faultBook({ clock, random: random.stream("script", request.number), otherOrigin })
    for (const fault of faults) if (fault.kind !== "refuse") own.add(fault, {})
    const first = own.strike(served, request)
    const then = book.strike({ ...served, reply: first.reply }, request)
    return { reply: then.reply, faults: [...first.faults, ...then.faults] }
  }

  const serve = async (arriving: ArrivingRequest): Promise<ScriptedReply> => {
    const { request } = arriving
    const line = works(arriving) ? read(request) : {}
    lines.set(request, line)
    if (isRefusing || line.faults?.some(({ kind }) => kind === "refuse")) throw noAnswer("refused")
    if ("throws" in line) throw line.throws
    const served = await desk(arriving)
    return { ...strike(served, request, line), release: served.release }
  }

  let arrived = 0
  const house = { clock, log, serve }
  const provider: ScriptedProvider = {
    origin,
    baseURL: `${origin}/v1`,
    async fetch(input, init) {
      const sent = await sentRequest(input, init)
      sent.signal?.throwIfAborted()
      const arriving = arrivingRequest({ ...sent, number: (arrived += 1) })
      arriving.receive(sent.bytes)
      return exchange(arriving, sent.signal, house)
    },
    requests: log.entries,
    get inFlight() {
      return log.inFlight
    },
    follow(next) {
      read = scriptReader(next)
    },
    inject(rule, when = rule.when ?? {}) {
      checkRule({ ...rule, when })
      return rule.kind === "refuse" ? refusals.add(when) : book.add(rule, when)
    },
    clear() {
      book.clear()
      refusals.clear()
    },
  }
  for (const rule of options.faults ?? []) provider.inject(rule)
  return provider
}

/** A `fetch` that reaches several providers, each at its origin. To any other origin it fails like a wrong host name. */
export const scriptedFetch =
  (...providers: readonly ScriptedProvider[]): typeof fetch =>
  async (input, init) => {
    const { origin } = new URL(urlOf(input))
    const provider = providers.find((each) => each.origin === origin)
    if (provider === undefined) throw noAnswer("unknown")
    return provider.fetch(input, init)
  }
