import { describe, expect, test } from "vitest"
import { answerText } from "../support/answer-text.ts"
import { modelOf, questions } from "../support/questions.ts"
import { rows } from "./rows.ts"
import { setUp, wholeAnswer } from "./stage.ts"
import type { Got, Setting, Stage } from "./stage.ts"
import type { Trouble } from "./trouble.ts"

/** Every trouble of every row, with the consequences it is to have. */
const cases = rows.flatMap(({ troubles, ...row }) =>
  troubles.map((trouble) => ({ ...row, ...trouble.unlike, trouble, name: trouble.name })),
)
type Case = (typeof cases)[number]

const setUpCase = ({ trouble, limitMs }: Case, setting: Setting, struck: string): Promise<Stage> =>
  setUp({
    setting,
    struck: [[struck, trouble]],
    ...(limitMs !== undefined && { limitMs, with: { deadlineMs: 4 * limitMs } }),
  })

describe.concurrent.each(cases)("$class: $name", (row) => {
  test("one key that fails is replaced as the table allows", async () => {
    await using stage = await setUpCase(row, "several", "a1")
    const got = await stage.call(row.trouble.question)
    expect(stage.asked).toBe(row.keyFails)
    expect(stage.traffic.received).toEqual(stage.traffic.sent)
    expect(stage.ended[0]).toMatchObject({
      failure: { class: row.class },
      health: row.counts ? "failure" : "neutral",
    })
    await expectOutcome(got, stage, row)
  })

  test("an endpoint that fails is replaced as the table allows", async () => {
    await using stage = await setUpCase(row, "several", "a1 a2")
    const got = await stage.call(row.trouble.question)
    expect(stage.asked).toBe(row.endpointFails)
    expect(stage.traffic.received).toEqual(stage.traffic.sent)
    await expectOutcome(got, stage, row)
  })

  test("when all fail alike, the caller gets the real error", async () => {
    await using stage = await setUpCase(row, "several", "a1 a2 b1 c1")
    const got = await stage.call(row.trouble.question)
    expect(stage.asked).toMatch(new RegExp(`^${row.allFail}$`))
    expect(stage.traffic.received).toEqual(stage.traffic.sent)
    await expectFailure(got, stage, row)
    // What fails alike on two endpoints is the call's own fault, so nothing is held against the third.
    const isPoisoned = row.class === "server-error" || row.class === "broken-response"
    for (const { target, health } of stage.ended)
      expect(health).toBe(row.counts && !(isPoisoned && target === "c1") ? "failure" : "neutral")
  })

  test("law 11: a sole target is asked as often as the bare SDK would", async () => {
    await using stage = await setUpCase(row, "sole", "a1")
    const got = await stage.call(row.trouble.question)
    expect(stage.asked).toBe(row.sole)
    expect(stage.traffic.received).toEqual(stage.traffic.sent)
    for (const { health } of stage.ended) expect(health).toBe(row.counts ? "failure" : "neutral")
    await expectFailure(got, stage, row)
  })
})

/** The first trouble of each row, for what happens over several calls. */
const firsts = rows.flatMap((row) =>
  row.troubles.slice(0, 1).map((trouble) => ({ ...row, trouble, name: trouble.name })),
)

test.concurrent.each(firsts.filter(({ counts }) => counts))("$class counts against health", async (row) => {
  await using stage = await setUpCase(row, "several", "a1 a2")
  const { question } = row.trouble
  for (let calls = 0; calls < 3; calls++) await stage.call(question)
  expect(stage.circuit("a1")).toBe("open")
  expect(stage.pipeline.inspect(modelOf[question]).targets[0]?.verdict).toMatchObject({
    status: "unavailable",
    reason: expect.stringMatching(new RegExp(`^circuit open: .*${row.class}`)),
  })
  const { result } = await stage.call(question)
  expect(result.call.attempts.map(({ target }) => target.key)).not.toContain("a1")
})

test.concurrent.each(firsts.filter(({ counts }) => !counts))(
  "$class does not count against health",
  async (row) => {
    await using stage = await setUpCase(row, "several", "a1 a2 b1 c1")
    for (let calls = 0; calls < 4; calls++) await stage.call(row.trouble.question)
    expect(["a1", "a2", "b1", "c1"].map(stage.circuit)).toEqual(["closed", "closed", "closed", "closed"])
  },
)

/** An answer, where somebody was left to give one. */
const expectOutcome = (got: Got, stage: Stage, row: Case): Promise<void> | void =>
  /[bc]1$|a2$/.test(stage.asked) ? expectAnswer(got, row.trouble) : expectFailure(got, stage, row)

function expectAnswer({ result, response, body }: Got, { question }: Trouble): void {
  expect([result.ok, response.status]).toEqual([true, 200])
  const whole = question === "embeddings" ? "a vector of 16" : wholeAnswer
  const { texts, error } = answerText(question, body)
  expect({ texts, error }).toEqual({ texts: [whole], error: undefined })
}

/** The caller gets the provider's own error, or one of ours that says what happened, in words and in steps. */
async function expectFailure({ result, response, body }: Got, stage: Stage, row: Case): Promise<void> {
  const { told, question } = row.trouble
  expect(result.ok).toBe(false)
  expect(response.headers.get("x-should-retry")).toBe("false")
  expect({ status: response.status, body: readable(body) }).toEqual(
    told === undefined ? await ownError(stage, question) : ourError(told),
  )
}

const ourError = ({ status, code }: NonNullable<Trouble["told"]>) => ({
  status,
  body: expect.objectContaining({
    error: expect.objectContaining({
      code,
      message: expect.stringMatching(/^\S+ .{20,}\.$/),
      trail: expect.arrayContaining([
        expect.objectContaining({ step: "attempt-failed", target: expect.any(String) }),
      ]),
    }),
  }),
})

/** What a bare client would get of the target that failed first. */
async function ownError({ a }: Stage, question: Trouble["question"]) {
  const { path, headers = {}, body } = questions[question]()
  const init = { method: "POST", headers: { ...headers, authorization: "Bearer a1" }, body: body as string }
  const response = await fetch(a.baseURL + path, init)
  return { status: response.status, body: readable(await response.text()) }
}

/** JSON, or the text itself. Anthropic counts its requests in its errors. */
function readable(body: string): unknown {
  try {
    return { ...(JSON.parse(body) as object), request_id: undefined }
  } catch {
    return body
  }
}
