import { AttemptEnded } from "@bellwether/core"
import type { CallInput, CallResult, Ending, Fetch } from "@bellwether/core"
import { startHostileProvider } from "@bellwether/testing"
import type { HostileProvider } from "@bellwether/testing"
import { bellwether } from "bellwether"
import type { Bellwether, BellwetherOptions, EndpointOptions } from "bellwether"
import { questions } from "../support/questions.ts"
import type { Question } from "../support/questions.ts"
import { readBody } from "../support/read-body.ts"
import { scaledClock } from "../support/scaled-clock.ts"
import type { Trouble } from "./trouble.ts"

/** The words of every answer, so that it can be seen whether all of them came. */
export const wholeAnswer = "The flock goes where the bell goes, over the hill and home."

/** Long enough that only troubles of the `timeout` row reach it, on however busy a machine. */
const unreachableLimitMs = 600_000

/** Whether there are all the targets of `Consequences`, or `a1` alone. */
export type Setting = "several" | "sole"

/** What is wrong, and with whom: the keys that have the trouble. */
export type Struck = readonly [keys: string, trouble: Trouble]

/** An attempt that has ended. */
export interface Ended extends Ending {
  readonly target: string
}

/** What the caller of one call got. */
export interface Got {
  readonly result: CallResult
  readonly response: Response
  readonly body: string
  /** What ended the body too early. */
  readonly bodyError: unknown
}

/** Real providers behind the default stack. */
export interface Stage extends AsyncDisposable {
  readonly a: HostileProvider
  readonly b: HostileProvider
  readonly c: HostileProvider
  readonly pipeline: Bellwether
  /** Whom requests were sent to, in their order: `a1 a1 b1`. */
  readonly asked: string
  /** How many requests were sent to the providers that can be reached, and how many they say they got. */
  readonly traffic: { readonly sent: readonly number[]; readonly received: readonly number[] }
  readonly ended: readonly Ended[]
  call(question: Question, more?: Partial<CallInput>): Promise<Got>
  /** The state of a target's circuit. */
  circuit(target: string): string
}

/** What a test wants of a stage. */
export interface StageOptions {
  readonly setting: Setting
  readonly struck?: readonly Struck[]
  /** Milliseconds any part of an attempt may take. @default longer than anything here takes */
  readonly limitMs?: number
  /** Anything else of the pipeline. */
  readonly with?: Partial<BellwetherOptions>
}

const names = ["a", "b", "c"] as const
type Name = (typeof names)[number]

const keysOf = { a: ["a1", "a2"], b: ["b1"], c: ["c1"] } as const

/** Starts everything; it ends with the test that owns it. */
export async function setUp(options: StageOptions): Promise<Stage> {
  const { setting, struck = [], limitMs = unreachableLimitMs } = options
  // Among several targets a stall of the machine must not look like a wait that is over; alone it cannot.
  const clock = scaledClock(setting === "several" ? 50 : 200)
  const provider = (): Promise<HostileProvider> =>
    startHostileProvider({ clock, answer: () => wholeAnswer, logLimit: 100 })
  const [a, b, c] = await Promise.all([provider(), provider(), provider()])
  const providers = { a, b, c }
  const asked: string[] = []
  const ended: Ended[] = []
  const unreachable = new Set<Name>()
  const baseURLs = { a: a.baseURL, b: b.baseURL, c: c.baseURL }

  for (const [keys, { fault, baseURL }] of struck) {
    const isCutOff = baseURL !== undefined || fault?.kind === "refuse"
    for (const name of names.filter((each) => keys.includes(each))) {
      if (isCutOff) unreachable.add(name)
      if (baseURL !== undefined) baseURLs[name] = baseURL(providers[name])
      else if (isCutOff) await providers[name].stop()
      else if (fault !== undefined) providers[name].inject(fault, { ...fault.when, key: keys.split(" ") })
    }
  }

  const endpoint = (id: Name, contextTokens: number): EndpointOptions => {
    const keys = setting === "sole" ? keysOf[id].slice(0, 1) : keysOf[id]
    return { id, contextTokens, baseURL: baseURLs[id], keys: keys.map((value) => ({ id: value, value })) }
  }
  const endpoints = [endpoint("a", 128_000), endpoint("b", 128_000), endpoint("c", 1_000_000)]

  const fetch: Fetch = (url, init) => {
    asked.push(new Headers(init.headers).get("authorization")?.replace("Bearer ", "") ?? "nobody")
    return globalThis.fetch(url, init)
  }

  const pipeline = bellwether({
    endpoints: setting === "sole" ? endpoints.slice(0, 1) : endpoints,
    router: { strategy: "declared" },
    circuitBreaker: { consecutiveFailures: 3, lastConsecutiveFailures: 3, openMs: 300_000 },
    timeout: { headersMs: limitMs, firstContentMs: limitMs, idleMs: limitMs, answerMs: limitMs },
    // The table is about calls: hours of virtual time would fill what was asked with probes.
    health: false,
    clock,
    fetch,
    ...options.with,
  })
  pipeline.on(AttemptEnded, ({ attempt, ending }) => ended.push({ ...ending, target: attempt.target.key }))

  return {
    a,
    b,
    c,
    pipeline,
    ended,
    get asked() {
      return asked.join(" ")
    },
    get traffic() {
      const reachable = names.filter((name) => !unreachable.has(name))
      const sentTo = (name: Name): number => asked.filter((key) => key.startsWith(name)).length
      return {
        sent: reachable.map(sentTo),
        received: reachable.map((name) => providers[name].requests.length),
      }
    },
    async call(question, more) {
      const result = await pipeline.call({ ...questions[question](), ...more })
      const response = result.ok ? result.response : result.toResponse()
      const { text, error } = await readBody(response)
      return { result, response, body: text, bodyError: error }
    },
    circuit(target) {
      const circuits = pipeline.inspect().plugins["circuit-breaker"] as readonly {
        readonly target: string
        readonly state: string
      }[]
      return circuits.find((circuit) => circuit.target.endsWith(target))?.state ?? "closed"
    },
    async [Symbol.asyncDispose]() {
      await pipeline.close()
      await Promise.all([a.close(), b.close(), c.close()])
    },
  }
}
