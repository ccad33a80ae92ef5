import type { Target } from "@bellwether/core"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { CallEvidence } from "./calls.ts"
import type { Finding } from "./finding.ts"
import { readOptions } from "./options.ts"
import type { ProbeResult } from "./probe-result.ts"
import { TargetRecord } from "./target-record.ts"

const target: Target = { id: "a/key-1", endpoint: "a", key: "key-1", tier: 0, weight: 1, prefill: false }
const rules = readOptions(undefined)

const result = (health: ProbeResult["health"]): ProbeResult => ({
  target: target.id,
  outcome: health === "success" ? "up" : "down",
  health,
  reason: health,
  kind: health,
  status: 200,
  latencyMs: 1,
  dateMs: 0,
})

type Event = "probe-good" | "probe-bad" | "call-good" | "call-bad" | "tick"

/** What is found after these events, a second for each tick. */
function after(events: readonly Event[]): readonly Finding[] {
  const record = new TargetRecord(target, rules)
  let nowMs = 1
  const call = (health: "success" | "failure"): void => {
    const evidence: CallEvidence = {
      health,
      cause: { kind: "overloaded", reason: "overloaded" },
      startedAtMs: nowMs,
    }
    record.called("gpt-4o", evidence, nowMs)
  }
  for (const event of events) {
    if (event === "tick") nowMs += 1_000
    else if (event === "call-good") call("success")
    else if (event === "call-bad") call("failure")
    else record.probed(result(event === "probe-good" ? "success" : "failure"), nowMs)
    record.age(nowMs)
  }
  return record.findings(undefined)
}

const isCalls = ({ evidence }: Finding): boolean => evidence === "calls"
const isProbe = (event: Event): boolean => event.startsWith("probe")

describe("what probes and what calls tell is kept apart", () => {
  const events = fc.array(
    fc.constantFrom<Event>("probe-good", "probe-bad", "call-good", "call-bad", "tick"),
    {
      maxLength: 40,
    },
  )

  test("what calls have told is the same, whatever probes say", () => {
    fc.assert(
      fc.property(events, (happened) => {
        const withoutProbes = happened.filter((event) => !isProbe(event))
        expect(after(happened).filter(isCalls)).toEqual(after(withoutProbes).filter(isCalls))
      }),
      { numRuns: 2_000 },
    )
  })

  test("failed calls never speak through probes, and an answered one ends what probes have said", () => {
    fc.assert(
      fc.property(events, (happened) => {
        const found = after(happened).filter((finding) => !isCalls(finding))
        const withoutFailures = happened.filter((event) => event !== "call-bad")
        expect(found).toEqual(after(withoutFailures).filter((finding) => !isCalls(finding)))
        expect(after([...happened, "call-good"]).filter((finding) => !isCalls(finding))).toEqual([])
      }),
    )
  })
})

test("of a hundred models those called last are known", () => {
  const record = new TargetRecord(target, rules)
  const evidence: CallEvidence = {
    health: "failure",
    cause: { kind: "overloaded", reason: "overloaded" },
    startedAtMs: 0,
  }
  for (let index = 0; index < 150; index++)
    for (let time = 0; time < 3; time++) record.called(`model-${index}`, evidence, 0)
  const models = record.findings(undefined).map(({ model }) => model)
  expect(models).toHaveLength(100)
  expect([models[0], models.at(-1)]).toEqual(["model-50", "model-149"])
})
