import type { Format } from "../format.ts"
import { useTexts } from "../language.ts"
import { Section } from "./section.tsx"

interface Props {
  readonly failures: Readonly<Record<string, number>>
  readonly format: Format
}

/** How often attempts failed, by class. */
export function Failures({ failures, format }: Props) {
  const { sections, labels, lastFiveMinutes } = useTexts()
  const entries = Object.entries(failures)
    .filter(([, times]) => times > 0)
    .toSorted(([, a], [, b]) => b - a)
  const most = entries[0]?.[1] ?? 1
  return (
    <Section id="failures" title={sections.failures} remark={lastFiveMinutes}>
      {entries.length === 0 && <p class="quiet">{labels.none}</p>}
      <ul class="bars">
        {entries.map(([name, times]) => (
          <li key={name}>
            <code>{name}</code> <span>{format.count(times)}</span>
            <progress class="bad" max={most} value={times} aria-label={name} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
