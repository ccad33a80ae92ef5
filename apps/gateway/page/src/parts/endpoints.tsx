import type { EndpointStatus } from "../../../src/status/endpoint-status.ts"
import type { Status } from "../../../src/status/status.ts"
import type { Format } from "../format.ts"
import { useTexts } from "../language.ts"
import type { Session } from "../session.ts"
import { Badge, moods } from "./badge.tsx"
import { KeyDetails } from "./key-details.tsx"
import { LogIn } from "./log-in.tsx"
import { Fact } from "./recent.tsx"
import { Section } from "./section.tsx"

interface Props {
  readonly status: Status
  readonly format: Format
  readonly session: Session
}

/** A card for each endpoint, its keys inside. */
export function Endpoints({ status, format, session }: Props) {
  const { sections, actionsOff } = useTexts()
  const mayLogIn = session.state?.hasToken === true && !session.state.mayAct
  return (
    <Section id="endpoints" title={sections.endpoints}>
      <ul class="cards">
        {status.endpoints.map((endpoint) => (
          <li key={endpoint.id}>
            <Endpoint endpoint={endpoint} nowMs={status.nowMs} format={format} session={session} />
          </li>
        ))}
      </ul>
      {status.actions.mode === "off" && <p class="quiet small">{actionsOff}</p>}
      {mayLogIn && <LogIn session={session} />}
    </Section>
  )
}

interface EndpointProps {
  readonly endpoint: EndpointStatus
  readonly nowMs: number
  readonly format: Format
  readonly session: Session
}

function Endpoint({ endpoint, nowMs, format, session }: EndpointProps) {
  const { availability, figures, labels } = useTexts()
  const { id, host, tier, keys, spentUsd, durationMs, firstContentMs } = endpoint
  return (
    <article class={`card ${endpoint.availability}`} aria-label={id}>
      <header>
        <h3>{id}</h3>
        <Badge mood={moods[endpoint.availability]} word={availability[endpoint.availability]} />
        <p class="quiet small">
          {host} · {labels.tier} {tier}
        </p>
      </header>
      <dl class="facts">
        <Fact name={figures.attempts} value={format.count(endpoint.total)} />
        <Fact name={figures.failed} value={format.count(endpoint.failed)} />
        <Fact name={figures.inFlight} value={format.count(endpoint.inFlight)} />
        <Fact name={figures.duration} value={format.duration(durationMs?.p50 ?? null)} />
        <Fact name={figures.firstContent} value={format.duration(firstContentMs?.p50 ?? null)} />
        {spentUsd !== null && <Fact name={labels.spent} value={format.usd(spentUsd)} />}
      </dl>
      <ul class="keys">
        {keys.map((key) => (
          <li key={key.key}>
            <KeyDetails endpoint={id} status={key} nowMs={nowMs} format={format} session={session} />
          </li>
        ))}
      </ul>
    </article>
  )
}
