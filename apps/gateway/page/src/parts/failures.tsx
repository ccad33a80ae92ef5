import type { EndpointStatus } from "../../../src/status/endpoint-status.ts"
import type { Format } from "../format.ts"
import { useTexts } from "../language.ts"
import { Section } from "./section.tsx"

interface Props {
  readonly endpoints: readonly EndpointStatus[]
  readonly format: Format
}

/** How often attempts failed, by class. */
export function Failures({ endpoints, format }: Props) {
  const { sections, labels, lastFiveMinutes } = useTexts()
  const times = new Map<string, number>()
  for (const [name, count] of endpoints.flatMap(({ failures }) => Object.entries(failures)))
    times.set(name, (times.get(name) ?? 0) + count)
  const entries = [...times].filter(([, count]) => count > 0).toSorted(([, a], [, b]) => b - a)
  const most = entries[0]?.[1] ?? 1
  return (
    <Section id="failures" title={sections.failures} remark={lastFiveMinutes}>
      {entries.length === 0 && <p class="quiet">{labels.none}</p>}
      <ul class="bars">
        {entries.map(([name, count]) => (
          <li key={name}>
            <code>{name}</code> <span>{format.count(count)}</span>
            <progress class="bad" max={most} value={count} aria-label={name} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
