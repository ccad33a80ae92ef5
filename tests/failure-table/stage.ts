import { circuitBreaker } from "@bellwether/circuit-breaker"
import { AttemptEnded, createPipeline } from "@bellwether/core"
import type { CallResult, Ending, EndpointOptions, Fetch, Pipeline, PipelineOptions } from "@bellwether/core"
import { retry } from "@bellwether/retry"
import { router } from "@bellwether/router"
import { startHostileProvider } from "@bellwether/testing"
import type { HostileProvider } from "@bellwether/testing"
import { timeout } from "@bellwether/timeout"
import { questions } from "../support/questions.ts"
import type { Question } from "../support/questions.ts"
import { scaledClock } from "../support/scaled-clock.ts"
import type { Trouble } from "./trouble.ts"

/** The words of every answer, so that it can be seen whether all of them came. */
export const wholeAnswer = "The flock goes where the bell goes, over the hill and home."

/** Long enough that only troubles of the `timeout` row reach it, on however busy a machine. */
const unreachableLimitMs = 600_000

/** Which targets there are: see `Consequences`. */
export type Setting = "several" | "sole"

/** An attempt that has ended. */
export interface Ended extends Ending {
  readonly target: string
}

/** What the caller of one call got. */
export interface Got {
  readonly result: CallResult
  readonly response: Response
  readonly body: string
}

/** Real providers behind a pipeline of all the plugins the failure table speaks to. */
export interface Stage extends AsyncDisposable {
  readonly a: HostileProvider
  readonly b: HostileProvider
  readonly c: HostileProvider
  readonly pipeline: Pipeline
  /** Whom requests were sent to, in their order: `a1 a1 b1`. */
  readonly asked: string
  /** How many requests were sent to the providers that can be reached, and how many they say they got. */
  readonly traffic: { readonly sent: readonly number[]; readonly received: readonly number[] }
  readonly ended: readonly Ended[]
  call(question: Question): Promise<Got>
  /** The state of a target's circuit for the model of the question. */
  circuit(target: string): string
}

/** What a test wants of a stage. */
export interface StageOptions {
  readonly setting: Setting
  /** What is wrong, and with whom: keys, such as `a1`. */
  readonly trouble?: Trouble
  readonly with?: readonly string[]
  /** Attempts may take so long. @default longer than anything here takes */
  readonly limitMs?: number
  readonly deadlineMs?: number
  readonly pipeline?: Partial<PipelineOptions>
}

const names = ["a", "b", "c"] as const
type Name = (typeof names)[number]

const keysOf = { a: ["a1", "a2"], b: ["b1"], c: ["c1"] } as const

/** Starts everything; it ends with the test that owns it. */
export async function setUp(options: StageOptions): Promise<Stage> {
  const { setting, trouble, with: struck = [], limitMs = unreachableLimitMs, deadlineMs = 600_000 } = options
  // Among several targets a stall of the machine must not look like a wait that is over; alone it cannot.
  const clock = scaledClock(setting === "several" ? 50 : 200)
  const provider = (): Promise<HostileProvider> =>
    startHostileProvider({ clock, answer: () => wholeAnswer, logLimit: 100 })
  const [a, b, c] = await Promise.all([provider(), provider(), provider()])
  const providers = { a, b, c }
  const asked: string[] = []
  const ended: Ended[] = []

  const isStruck = (name: Name): boolean => keysOf[name].some((key) => struck.includes(key))
  const isRefusal = trouble?.fault?.kind === "refuse"
  const reachable = names.filter((name) => !isStruck(name) || !(isRefusal || trouble?.baseURL !== undefined))
  if (isRefusal) await Promise.all(names.filter(isStruck).map((name) => providers[name].stop()))
  else if (trouble?.fault !== undefined)
    for (const each of [a, b, c]) each.inject(trouble.fault, { key: struck })

  const endpoint = (name: Name, more: Partial<EndpointOptions> = {}): EndpointOptions => {
    const keys = setting === "sole" ? keysOf[name].slice(0, 1) : keysOf[name]
    const astray = isStruck(name) ? trouble?.baseURL : undefined
    const baseURL = astray?.(providers[name]) ?? providers[name].baseURL
    return { id: name, baseURL, keys: keys.map((value) => ({ id: value, value })), ...more }
  }

  const fetch: Fetch = (url, init) => {
    asked.push(new Headers(init.headers).get("authorization")?.replace("Bearer ", "") ?? "nobody")
    return globalThis.fetch(url, init)
  }

  const pipeline = createPipeline({
    endpoints:
      setting === "sole"
        ? [endpoint("a")]
        : [
            endpoint("a", { contextTokens: 128_000 }),
            endpoint("b", { contextTokens: 128_000 }),
            endpoint("c", { contextTokens: 1_000_000 }),
          ],
    use: [
      retry(),
      router(),
      circuitBreaker({ consecutiveFailures: 3, openMs: 300_000 }),
      timeout({ headersMs: limitMs, firstContentMs: limitMs, idleMs: limitMs, answerMs: limitMs }),
    ],
    clock,
    fetch,
    deadlineMs,
    ...options.pipeline,
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
      const sentTo = (name: Name): number => asked.filter((key) => key.startsWith(name)).length
      return {
        sent: reachable.map(sentTo),
        received: reachable.map((name) => providers[name].requests.length),
      }
    },
    async call(question) {
      const result = await pipeline.call(questions[question]())
      const response = result.ok ? result.response : result.toResponse()
      return { result, response, body: await response.text() }
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
