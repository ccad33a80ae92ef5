import { useState } from "preact/hooks"
import type { TroubledCall } from "../../../src/status/status.ts"
import type { Format } from "../format.ts"
import { useTexts } from "../language.ts"
import { Badge } from "./badge.tsx"
import { Section } from "./section.tsx"

/** So many are shown to whoever does not ask for more. */
const shownAtFirst = 10

/** The calls that did not end where they began, with what was done for them. */
export function Troubles({
  calls,
  format,
}: {
  readonly calls: readonly TroubledCall[]
  readonly format: Format
}) {
  const { sections, noTroubles, allTroubles, fewTroubles } = useTexts()
  const [isWhole, setWhole] = useState(false)
  return (
    <Section id="troubles" title={sections.troubles}>
      {calls.length === 0 && <p class="quiet">{noTroubles}</p>}
      <ul class="troubles">
        {calls.slice(0, isWhole ? undefined : shownAtFirst).map((call) => (
          <li key={call.id}>
            <Trouble call={call} format={format} />
          </li>
        ))}
      </ul>
      {calls.length > shownAtFirst && (
        <button type="button" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? fewTroubles : allTroubles(calls.length)}
        </button>
      )}
    </Section>
  )
}

function Trouble({ call, format }: { readonly call: TroubledCall; readonly format: Format }) {
  const texts = useTexts()
  const { labels, figures } = texts
  return (
    <details>
      <summary>
        <time dateTime={new Date(call.startedAtMs).toISOString()}>{format.clock(call.startedAtMs)}</time>
        <Badge mood={call.state === "answered" ? "good" : "bad"} word={texts.call[call.state]} />
        <span>
          {call.operation} {call.model}
        </span>
        <span class="quiet">
          {call.served !== null && `${labels.served} ${call.served} · `}
          {figures.attempts} {call.attempts} · {format.duration(call.durationMs)}
          {call.caller !== null && ` · ${call.caller}`}
          {call.failure !== null && ` · ${call.failure.code}`}
        </span>
      </summary>
      <ol aria-label={labels.steps}>
        {call.steps.map(({ afterMs, target, words }, place) => (
          <li key={place}>
            <span class="when">{format.duration(afterMs)}</span>
            {target !== null && <code>{target}</code>} <span lang="en">{words}</span>
          </li>
        ))}
      </ol>
      <p class="small quiet">
        <code>{call.id}</code>
      </p>
    </details>
  )
}
