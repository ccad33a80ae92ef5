import fc from "fast-check"
import { expect, test } from "vitest"
import { readPrometheus } from "../../test/read-prometheus.ts"
import { prometheusText } from "./prometheus-text.ts"

test("a metric is told with its help, its type and its samples", () => {
  const text = prometheusText([
    {
      name: "calls_total",
      type: "counter",
      help: "Calls \\ and\nmore.",
      samples: [
        { labels: {}, value: 7 },
        { labels: { model: 'a"b\\c\nd', key: "k" }, value: 0.25 },
        { suffix: "_bucket", labels: { le: "+Inf" }, value: Infinity },
      ],
    },
  ])
  expect(text.split("\n")).toEqual([
    "# HELP calls_total Calls \\\\ and\\nmore.",
    "# TYPE calls_total counter",
    "calls_total 7",
    'calls_total{model="a\\"b\\\\c\\nd",key="k"} 0.25',
    'calls_total_bucket{le="+Inf"} +Inf',
    "",
  ])
})

test("whatever stands in a label comes out as it went in", () => {
  const nasty = fc.string({
    unit: fc.constantFrom("\\", '"', "\n", "n", "{", "}", ",", "=", " ", "\r", "é", "🐑"),
  })
  const label = fc.oneof(nasty, fc.string({ unit: "binary" }))
  const value = fc.double({ min: 0, noNaN: true })
  fc.assert(
    fc.property(fc.array(fc.record({ a: label, b: label, value }), { maxLength: 5 }), (rows) => {
      const samples = rows.map(({ a, b, value }) => ({ labels: { a, b }, value }))
      const text = prometheusText([{ name: "x", type: "gauge", help: "What it is.", samples }])
      expect(readPrometheus(text)).toEqual(samples.map((sample) => ({ name: "x", ...sample })))
    }),
    { numRuns: 1_000 },
  )
})

test("half a character is replaced, for it could not be sent", () => {
  const samples = [{ labels: { model: "a\ud83d" }, value: 1 }]
  expect(prometheusText([{ name: "x", type: "gauge", help: "X.", samples }])).toContain('{model="a\ufffd"} 1')
})

test("families of one name become one, and empty ones are left out", () => {
  const family = (value: number) =>
    ({
      name: "x",
      type: "gauge",
      help: "X.",
      samples: [{ labels: { pipeline: `${value}` }, value }],
    }) as const
  const empty = { name: "y", type: "gauge", help: "Y.", samples: [] } as const
  expect(prometheusText([family(1), empty, family(2)]).split("\n")).toEqual([
    "# HELP x X.",
    "# TYPE x gauge",
    'x{pipeline="1"} 1',
    'x{pipeline="2"} 2',
    "",
  ])
})
