import { AttemptEnded, AttemptStarted, defineEvent, defineKey } from "@bellwether/core"
import type { Attempt, Places, Plugin, Services, Verdict } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { testPlugin } from "./test-plugin.ts"
import type { PluginTestOptions } from "./test-plugin.ts"

/** What the tests of a plugin say, alone and beside a mover: those of one title, or all. */
const complaints = async (
  create: () => Plugin,
  { title, ...options }: PluginTestOptions & { readonly title?: string } = {},
): Promise<readonly string[]> => {
  const tests: (() => Promise<void>)[] = []
  const register = (name: string, run: () => Promise<void>): void => {
    if (name.endsWith(title ?? "")) tests.push(run)
  }
  testPlugin("plugin", create, register, options)
  const said: string[] = []
  for (const run of tests) await run().catch((error: Error) => said.push(error.message))
  return said
}

const plugin =
  (setup: (services: Services) => Places | void, name = "plugin") =>
  (): Plugin => ({ name, setup })

const available = { status: "available" } as const
const full = { status: "unavailable", reason: "as many are in it as may be" } as const
const Noticed = defineEvent<unknown>("request-noticed")

test("a plugin that does nothing passes", async () => {
  expect(await complaints(plugin(() => {}))).toEqual([])
})

test("a plugin that fills every place as it should passes", async () => {
  const limiter = plugin(({ clock, signal, emit, targets, board }) => {
    const inFlight = new Map(targets.map(({ id }) => [id, 0]))
    const verdictOf = (target: string): Verdict => ((inFlight.get(target) ?? 0) < 3 ? available : full)
    const add = (target: string, by: number): void =>
      void inFlight.set(target, (inFlight.get(target) ?? 0) + by)
    return {
      call: (request, next, context) => next(request, context),
      attempt: (request, next, context) => next(request, context),
      admit: {
        peek: (target) => verdictOf(target.id),
        take({ target }) {
          const verdict = verdictOf(target.id)
          if (verdict.status === "unavailable") return verdict
          add(target.id, 1)
          return {
            end() {
              add(target.id, -1)
              board.touch()
            },
          }
        },
      },
      async start() {
        const again = clock.after(60_000, () => {
          emit(Noticed, { inFlight: [...inFlight.values()] })
          again.rearm(60_000)
        })
        signal.addEventListener("abort", () => again.cancel(), { once: true })
      },
      inspect: () => ({ inFlight: Object.fromEntries(inFlight) }),
    }
  })
  expect(await complaints(limiter)).toEqual([])
})

/** What a plugin must not have: state outside of its pipelines. */
let opened = 0

describe("a plugin is found out that", () => {
  test.each<[string, string, string, () => Plugin]>([
    [
      "takes its time",
      "an answer that is well stays as it is, to the byte, and comes no later",
      "end of plain in ms: expected 300, but it was 310.",
      plugin(({ clock }) => ({
        async call(request, next, context) {
          await clock.sleep(10, context.signal)
          return next(request, context)
        },
      })),
    ],
    [
      "asks twice",
      "a call that is well is sent once, and as the caller wrote it",
      "requests for plain: expected [",
      plugin(() => ({
        async call(request, next, context) {
          const answers = await Promise.all([next(request, context), next(request, context)])
          return answers[0]
        },
      })),
    ],
    [
      "writes into the request",
      "a call that is well is sent once, and as the caller wrote it",
      '"x-tenant":"me"',
      plugin(() => ({
        attempt: (request, next, context) =>
          next({ ...request, headers: { ...request.headers, "x-tenant": "me" } }, context),
      })),
    ],
    [
      "hides the error",
      "where every provider fails, its real error reaches the caller",
      'but it was {"status":503,"failure":"call-refused/sorry"',
      plugin(() => ({
        async call(request, next, context) {
          const answer = await next(request, context)
          if (answer.ok) return answer
          const message = "Sorry, that did not work."
          return { ok: false, failure: { class: "call-refused", code: "sorry", message } }
        },
      })),
    ],
    [
      "sleeps through an abort",
      "a caller who gives up while the provider wants to be left alone ends all of it at once",
      "1 × middleware that has not returned",
      plugin(({ clock }) => ({
        async call(request, next, context) {
          const answer = await next(request, context)
          if (!answer.ok) await clock.sleep(answer.failure.retryAfterMs ?? 0)
          return answer
        },
      })),
    ],
    [
      "waits without the signal for something to become available",
      "a caller who gives up while nothing is available ends all of it at once",
      "1 × middleware that has not returned",
      plugin(({ board }) => ({
        async call(request, next, context) {
          const answer = await next(request, context)
          if (answer.ok || answer.failure.class !== "target-refused") return answer
          await board.changed()
          return next(request, context)
        },
      })),
    ],
    [
      "leaves its listener on the call",
      "calls that are over leave nothing behind, however they ended",
      "listener on the signal of a call",
      plugin(() => ({
        call(request, next, context) {
          context.signal.addEventListener("abort", () => {})
          return next(request, context)
        },
      })),
    ],
    [
      "leaves its timer running",
      "calls that are over leave nothing behind, however they ended",
      "timers and listeners that 25 calls have added to those of 5: expected 0",
      plugin(({ clock }) => ({
        attempt(request, next, context) {
          clock.after(60_000, () => {})
          return next(request, context)
        },
      })),
    ],
    [
      "never gets back the places of calls that were given up",
      "hundreds of calls, answered or given up, use nothing up",
      "status of a call an hour later: expected 200, but it was 503.",
      plugin(() => {
        let inFlight = 0
        const verdict = (): Verdict => (inFlight < 100 ? available : full)
        return {
          admit: {
            peek: verdict,
            take() {
              if (verdict() === full) return full
              inFlight++
              return { end: ({ health }) => void (inFlight -= health === "neutral" ? 0 : 1) }
            },
          },
        }
      }),
    ],
    [
      "thinks about an admission",
      "its admission answers at once, with a lease, a verdict or nothing",
      "take answered with a promise",
      plugin(() => ({ admit: { take: async () => ({ end() {} }) } }) as unknown as Places),
    ],
    [
      "counts who looks",
      "looking at its admission a hundred times changes nothing",
      "the log of a day: line ",
      plugin(() => {
        let left = 10_000
        const verdict = (): Verdict => (left-- > 0 ? available : full)
        return { admit: { peek: verdict, take: () => verdict() } }
      }),
    ],
    [
      "promises what it does not keep",
      "its admission refuses whom peek says it refuses, and nobody else",
      'take refused (peek: {"status":"available"}',
      plugin(({ targets }) => ({
        admit: {
          peek: () => available,
          take: ({ target }) => (target.id === targets[0]?.id ? full : undefined),
        },
      })),
    ],
    [
      "writes its name and its events as it likes",
      "its name and those of its events are in kebab-case",
      '["My Plugin","MyEvent"]',
      plugin(({ emit }) => ({ start: () => emit({ name: "MyEvent" }, {}) }), "My Plugin"),
    ],
    [
      "tells a map of itself",
      "inspect() tells plain data, and asking changes nothing",
      "inspect().targets is an instance of Map",
      plugin(() => ({ inspect: () => ({ targets: new Map() }) })),
    ],
    [
      "forgets what it has told of itself",
      "inspect() tells plain data, and asking changes nothing",
      "inspect() asked again",
      plugin(() => {
        let asked = 0
        return { inspect: () => ({ asked: asked++ }) }
      }),
    ],
    [
      "gives codes for reasons",
      "its verdicts are plain data about targets there are, with a reason in words and times of the clock",
      'nobody can read the reason \\"E42\\"',
      plugin(({ on, board }) => {
        on(AttemptStarted, ({ attempt: { target } }) =>
          board.say({ endpoint: target.endpoint, key: target.key }, { status: "degraded", reason: "E42" }),
        )
      }),
    ],
    [
      "says until when by the clock on the wall",
      "its verdicts are plain data about targets there are, with a reason in words and times of the clock",
      "it looks like one of clock.date()",
      plugin(({ on, board, clock }) => {
        on(AttemptStarted, ({ attempt: { target } }) =>
          board.say(
            { endpoint: target.endpoint, model: "other" },
            { status: "unavailable", untilMs: clock.date() + 1_000, reason: "it is being mended" },
          ),
        )
      }),
    ],
    [
      "tells the request in an event",
      "keys and the words of callers and providers stay in",
      "secrets in request-noticed",
      plugin(({ emit }) => ({
        call(request, next, context) {
          emit(Noticed, { request })
          return next(request, context)
        },
      })),
    ],
    [
      "shows what was asked last",
      "keys and the words of callers and providers stay in",
      "secrets in inspect()",
      plugin(() => {
        let last: unknown
        return {
          attempt(request, next, context) {
            last = request.body
            return next(request, context)
          },
          inspect: () => ({ last }),
        }
      }),
    ],
    [
      "throws where it listens",
      "nothing in it throws, whatever happens",
      "attempt-started: Error: from the plugin",
      plugin(({ on }) => {
        on(AttemptStarted, () => {
          throw new Error("from the plugin")
        })
      }),
    ],
    [
      "throws where it stands",
      "nothing in it throws, whatever happens",
      "calls that failed because of a plugin: expected 0",
      plugin(() => ({
        async call(request, next, context) {
          const answer = await next(request, context)
          if (!answer.ok) throw new Error(answer.failure.message)
          return answer
        },
      })),
    ],
    [
      "starts for ever",
      "its start comes to an end, well or not",
      "start is still going on after an hour",
      plugin(() => ({ start: () => new Promise(() => {}) })),
    ],
    [
      "probes on after the close of the pipeline that it probed in its start",
      "its work ends when the pipeline closes, also in the middle of its start",
      "start is still going on",
      plugin(({ send, targets }) => ({
        async start() {
          const { signal } = new AbortController()
          await Promise.all(targets.map((target) => send(target, { method: "GET", path: "/models", signal })))
        },
      })),
    ],
    [
      "works on after the close of the pipeline",
      "its work ends when the pipeline closes, whatever was going on",
      "timers: expected 0, but it was 1.",
      plugin(({ clock }) => ({
        start() {
          const again = clock.after(1_000, () => again.rearm(1_000))
        },
      })),
    ],
    [
      "shares its state between pipelines",
      "two of it in two pipelines share nothing",
      '[["opened","150"]]',
      plugin(({ on }) => {
        on(AttemptStarted, () => void opened++)
        return { inspect: () => ({ opened }) }
      }),
    ],
    [
      "mixes up the pipelines it serves",
      "one of it serves two pipelines as two would, or refuses in a sentence",
      'should be inspection [["seen","15"]]',
      () => {
        let seen = 0
        return plugin(({ on }) => {
          on(AttemptStarted, () => void seen++)
          return { inspect: () => ({ seen }) }
        })()
      },
    ],
    [
      "refuses a second pipeline with a riddle",
      "one of it serves two pipelines as two would, or refuses in a sentence",
      "the refusal is a sentence (EALREADY)",
      () => {
        let isTaken = false
        return plugin(() => {
          if (isTaken) throw new TypeError("EALREADY")
          isTaken = true
        })()
      },
    ],
    [
      "reads the clock on the wall",
      "its time and its chance come from its services alone",
      'inspection [["sinceMs"',
      plugin(() => {
        const sinceMs = Date.now()
        return { inspect: () => ({ sinceMs }) }
      }),
    ],
    [
      "throws its own dice",
      "its time and its chance come from its services alone",
      'inspection [["id"',
      plugin(() => {
        const id = Math.random()
        return { inspect: () => ({ id }) }
      }),
    ],
    [
      "arms timers of the runtime",
      "its time and its chance come from its services alone",
      "timers armed beside the clock: expected 0, but it was 1.",
      plugin(() => ({ start: () => clearInterval(setInterval(() => {}, 1_000)) })),
    ],
    [
      "forgets what it counted at a reload",
      "what it has learnt is known to the next pipeline of the same state",
      "inspection after the reload: expected",
      plugin(({ on }) => {
        let count = 0
        on(AttemptStarted, () => void count++)
        return { inspect: () => ({ count }) }
      }),
    ],
    [
      "holds a new key for the old one",
      "what it has learnt of targets says nothing of others with another key",
      "verdicts: expected",
      plugin(({ kept, on }) => {
        const known = kept("refused", () => new Set<string>())
        on(AttemptEnded, ({ attempt, ending }) => {
          if (ending.failure?.class === "credential") known.add(attempt.target.id)
        })
        return { admit: { take: () => {}, peek: ({ id }) => (known.has(id) ? full : available) } }
      }),
    ],
    [
      "ends what the other pipeline has begun",
      "a call that is under way while the pipeline is replaced ends well, and leaves nothing behind",
      "the stream: expected",
      plugin(({ kept }) => {
        const calls = kept("calls", () => new Set<Attempt>())
        const failure = {
          class: "server-error",
          code: "server-error",
          message: "Away with the old.",
        } as const
        for (const attempt of calls) attempt.fail(failure)
        return {
          attempt(request, next, context) {
            if (context.attempt !== undefined) calls.add(context.attempt)
            return next(request, context)
          },
        }
      }),
    ],
    [
      "remembers every model",
      "what it remembers is bounded, however many models callers name",
      "bounded: expected true, but it was false.",
      plugin(({ on }) => {
        const models = new Set<string | undefined>()
        on(AttemptStarted, ({ attempt }) => void models.add(attempt.model))
        return { inspect: () => ({ models: [...models] }) }
      }),
    ],
  ])("%s", async (_what, title, complaint, create) => {
    expect((await complaints(create, { title })).join("\n")).toContain(complaint)
  })
})

test("what a plugin does on purpose can be excepted, by its title", async () => {
  const tenant = plugin(() => ({
    attempt: (request, next, context) =>
      next({ ...request, headers: { ...request.headers, "x-tenant": "me" } }, context),
  }))
  const title = "a call that is well is sent once, and as the caller wrote it"
  expect(await complaints(tenant, { except: [title] })).toEqual([])
  expect(() => testPlugin("plugin", tenant, () => {}, { except: ["something"] })).toThrow(
    'testPlugin.except[0] can not be "something"',
  )
})

test("a plugin that cannot do without another is tested with it", async () => {
  const Price = defineKey<(() => number) | undefined>("price", undefined)
  const prices = plugin(({ provide }) => provide(Price, () => 1), "prices")
  const cost = plugin(({ use }) => {
    const price = use(Price)
    return { inspect: () => ({ price: price()!() }) }
  }, "cost")
  const title = "nothing in it throws, whatever happens"
  expect(await complaints(cost, { title })).toHaveLength(2)
  expect(await complaints(cost, { title, companions: () => [prices()] })).toEqual([])
})
