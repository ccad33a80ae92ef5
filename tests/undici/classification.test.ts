import type { Fetch } from "@bellwether/core"
import type { Fault } from "@bellwether/testing"
import { createUndiciFetch } from "@bellwether/undici"
import { afterAll, describe, expect, test } from "vitest"
import { setUp } from "../failure-table/stage.ts"
import { address, fault } from "../failure-table/trouble.ts"
import type { Trouble } from "../failure-table/trouble.ts"
import { harmfulFaults, harmlessFaults } from "../support/every-fault.ts"
import { answerText } from "../support/answer-text.ts"
import type { Question } from "../support/questions.ts"

const ours = createUndiciFetch()
afterAll(() => ours.close())

const limitMs = 40_000

/** Where a limit of ours has to end it. */
const isEndless = ({ kind }: Fault): boolean => kind === "black-hole" || kind.endsWith("-stall")

/** What there is of an error code, however deep. */
function codesOf(error: unknown): readonly unknown[] {
  if (!(error instanceof Error)) return []
  return ["code" in error ? error.code : undefined, ...codesOf(error.cause)].filter(Boolean)
}

/** How a call over this transport ends when the only provider has this trouble. */
async function ending(fetch: Fetch, trouble: Trouble, question: Question) {
  const isLimited = trouble.fault !== undefined && isEndless(trouble.fault)
  await using stage = await setUp({
    setting: "sole",
    struck: [["a1", trouble]],
    ...(isLimited && { limitMs }),
    with: { fetch, attempts: 1, ...(isLimited && { deadlineMs: 2 * limitMs }) },
  })
  const { result, response, body, bodyError } = await stage.call(question)
  const told = body.replaceAll(/("atMs":)[\d.]+/g, "$1…").replaceAll(/call-\w+|req_\w+/g, "…")
  return {
    attempts: stage.ended.map(({ failure, health }) => ({
      class: failure?.class,
      code: failure?.code,
      message: failure?.message,
      causes: codesOf(failure?.cause),
      health,
    })),
    ok: result.ok,
    status: response.status,
    told: result.ok ? answerText(question, body).texts : told,
    isCut: bodyError !== undefined,
  }
}

/** The global `fetch` takes half a gzip for a whole one; ours says that it was cut. */
const isTakenForWhole = (each: Fault): boolean => each.kind === "body-gzip" && each.how === "cut"

const faults = [...harmfulFaults, ...harmlessFaults]
  .filter((each) => !isTakenForWhole(each))
  .map((each) => fault(JSON.stringify(each), each))
const addresses = [
  address("a name nobody knows", () => "http://provider.invalid/v1"),
  address("a port that speaks no TLS", ({ port }) => `https://127.0.0.1:${port}/v1`),
]

describe.concurrent.each([...faults, ...addresses])("$name", (trouble) => {
  test.each(["chat", "chat stream"] as const)(
    "means the same to %s as over the global fetch",
    async (question) => {
      const [over, global] = await Promise.all([
        ending(ours, trouble, question),
        ending(globalThis.fetch, trouble, question),
      ])
      expect(over).toEqual(global)
    },
  )
})
