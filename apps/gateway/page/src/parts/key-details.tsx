import type { HoldStatus, KeyStatus } from "../../../src/status/endpoint-status.ts"
import type { Format } from "../format.ts"
import { useTexts } from "../language.ts"
import type { Session } from "../session.ts"
import { Actions } from "./actions.tsx"
import { Badge, circuitMoods, moods } from "./badge.tsx"

interface Props {
  readonly endpoint: string
  readonly status: KeyStatus
  readonly nowMs: number
  readonly format: Format
  readonly session: Session
}

/** How one key is: health, circuits, what holds it back and until when. */
export function KeyDetails({ endpoint, status, nowMs, format, session }: Props) {
  const texts = useTexts()
  const { key, health, circuits, gates, parks, reason, untilAtMs } = status
  const { labels } = texts
  const until = (atMs: number | null): string =>
    atMs === null ? "" : `, ${texts.again(format.duration(Math.max(0, atMs - nowMs)))}`
  const probe = health.lastProbe
  return (
    <div class="key">
      <div class="key-head">
        <h4>{key}</h4>
        {status.availability !== "available" && (
          <Badge mood={moods[status.availability]} word={texts.availability[status.availability]} />
        )}
        {session.state?.mayAct === true && <Actions endpoint={endpoint} target={key} session={session} />}
      </div>
      {reason !== null && (
        <p class="reason">
          <span lang="en">{reason}</span>
          {until(untilAtMs)}
        </p>
      )}
      <dl class="states">
        <div>
          <dt>{labels.health}</dt>
          <dd>
            <Badge mood={moods[health.state]} word={texts.health[health.state]} />
            {health.reasons.map((each) => (
              <span key={each} lang="en">
                {each}
              </span>
            ))}
          </dd>
        </div>
        <div>
          <dt>{labels.circuit}</dt>
          <dd>
            <Badge mood={circuitMoods[status.circuit]} word={texts.circuit[status.circuit]} />
            {circuits.map((circuit) => (
              <span key={circuit.model}>
                {circuit.model ?? labels.anyModel}: <span lang="en">{circuit.reason}</span>
                {until(circuit.untilAtMs)}
              </span>
            ))}
          </dd>
        </div>
        {probe !== null && (
          <div>
            <dt>{labels.probe}</dt>
            <dd>
              {texts.probe[probe.outcome]}, {format.duration(probe.latencyMs)},{" "}
              {texts.ago(format.duration(Math.max(0, nowMs - probe.atMs)))}
            </dd>
          </div>
        )}
        <Holds name={labels.gate} holds={gates} until={until} />
        <Holds name={labels.park} holds={parks} until={until} />
      </dl>
    </div>
  )
}

interface HoldsProps {
  readonly name: string
  readonly holds: readonly HoldStatus[]
  until(atMs: number): string
}

function Holds({ name, holds, until }: HoldsProps) {
  const { labels } = useTexts()
  if (holds.length === 0) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {holds.map(({ model, cause, reason, untilAtMs }) => (
          <span key={`${model} ${cause}`}>
            {model ?? labels.anyModel}: <span lang="en">{reason}</span>
            {until(untilAtMs)}
          </span>
        ))}
      </dd>
    </div>
  )
}
