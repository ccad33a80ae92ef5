import type { Status } from "../../../src/status/status.ts"
import type { Format } from "../format.ts"
import { useTexts } from "../language.ts"
import { Section } from "./section.tsx"

/** The figures of the last five minutes, and those since the start below them. */
export function Recent({ status, format }: { readonly status: Status; readonly format: Format }) {
  const { figures, sections, lastFiveMinutes, sinceStart } = useTexts()
  const { recent, totals, process } = status
  const { duration, count, percent } = format
  const uptime = duration(status.nowMs - process.startedAtMs)
  return (
    <Section id="recent" title={sections.recent} remark={lastFiveMinutes}>
      <dl class="tiles">
        <Tile name={figures.calls} value={count(recent.total)} />
        <Tile
          name={figures.answered}
          value={percent(answered(recent))}
          mood={recent.failed > 0 ? "degraded" : "available"}
        />
        <Tile
          name={figures.duration}
          value={duration(recent.durationMs?.p50 ?? null)}
          more={`p95 ${duration(recent.durationMs?.p95 ?? null)}`}
        />
        <Tile
          name={figures.firstContent}
          value={duration(recent.firstContentMs?.p50 ?? null)}
          more={`p95 ${duration(recent.firstContentMs?.p95 ?? null)}`}
        />
        <Tile name={figures.failovers} value={count(recent.failovers)} />
        <Tile name={figures.inFlight} value={count(recent.inFlight)} />
      </dl>
      <h3 class="quiet">{sinceStart(uptime)}</h3>
      <dl class="facts">
        <Fact name={figures.calls} value={count(totals.total)} />
        <Fact name={figures.answered} value={percent(answered(totals))} />
        <Fact name={figures.failovers} value={count(totals.failovers)} />
        <Fact name={figures.retries} value={count(totals.retries)} />
        <Fact name={figures.hedges} value={count(totals.hedges)} />
        <Fact name={figures.resumes} value={count(totals.resumes)} />
        <Fact name={figures.openings} value={count(totals.circuitOpenings)} />
        <Fact
          name={figures.tokens}
          value={`${count(totals.tokens.input)} / ${count(totals.tokens.output)}`}
        />
      </dl>
    </Section>
  )
}

/** The share of calls that were answered, of those that anybody waited for. */
const answered = ({ successful, failed }: Status["recent"]): number | null =>
  successful + failed === 0 ? null : successful / (successful + failed)

interface TileProps {
  readonly name: string
  readonly value: string
  readonly more?: string
  readonly mood?: "available" | "degraded"
}

const Tile = ({ name, value, more, mood }: TileProps) => (
  <div class={`tile ${mood ?? ""}`}>
    <dt>{name}</dt>
    <dd>
      {value} {more !== undefined && <small>{more}</small>}
    </dd>
  </div>
)

/** A name and its value, on one line. */
export const Fact = ({ name, value }: { readonly name: string; readonly value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
)
