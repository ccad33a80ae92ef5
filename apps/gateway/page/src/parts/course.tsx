import type { History, HistorySeries } from "../../../src/status/history.ts"
import type { Theme } from "../app.tsx"
import type { Format } from "../format.ts"
import { useTexts } from "../language.ts"
import { Chart } from "./chart.tsx"
import type { Line } from "./chart.tsx"
import { Section } from "./section.tsx"

interface Props {
  readonly history: History
  readonly theme: Theme
  readonly format: Format
}

/** The last minutes as charts, each with its table. */
export function Course({ history, theme, format }: Props) {
  const { sections, figures, labels } = useTexts()
  const { atMs, calls, endpoints } = history
  const spread = (median: keyof HistorySeries, p95: keyof HistorySeries): Line[] => [
    { name: labels.median, values: calls[median], color: "accent" },
    { name: labels.p95, values: calls[p95], color: "fair" },
  ]
  const shares: Line[] = Object.entries(endpoints).map(([name, { total }], place) => ({
    name,
    values: total,
    color: `line-${(place % 6) + 1}`,
  }))
  const common = { atMs, theme, format }
  return (
    <Section id="course" title={sections.course}>
      <div class="charts">
        <Chart
          {...common}
          title={`${figures.calls} ${labels.perStep}`}
          unit="count"
          lines={[
            { name: figures.calls, values: calls.total, color: "accent" },
            { name: figures.failed, values: calls.failed, color: "bad" },
          ]}
        />
        <Chart {...common} title={`${figures.attempts} ${labels.perStep}`} unit="count" lines={shares} />
        <Chart {...common} title={figures.duration} unit="duration" lines={spread("p50Ms", "p95Ms")} />
        <Chart
          {...common}
          title={figures.firstContent}
          unit="duration"
          lines={spread("firstContentP50Ms", "firstContentP95Ms")}
        />
      </div>
    </Section>
  )
}
