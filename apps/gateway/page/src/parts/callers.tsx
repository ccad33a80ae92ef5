import type { Status } from "../../../src/status/status.ts"
import type { Format } from "../format.ts"
import { useTexts } from "../language.ts"
import { Budget } from "./quotas.tsx"
import { Section } from "./section.tsx"

/** Who calls, and how much of what they may they have used. */
export function Callers({ status, format }: { readonly status: Status; readonly format: Format }) {
  const { sections, labels, figures } = useTexts()
  const { callers, nowMs } = status
  if (callers.length === 0) return null
  return (
    <Section id="callers" title={sections.callers}>
      <ul class="bars">
        {callers.map(({ id, calls, inFlight, concurrency, models, budgets }) => (
          <li key={id}>
            <strong>{id}</strong>{" "}
            <span>
              {figures.calls} {format.count(calls)} · {figures.inFlight} {format.count(inFlight)}
              {concurrency !== null && ` / ${format.count(concurrency)}`}
            </span>
            <p class="small quiet">
              {models === null ? labels.allModels : models.join(", ")}
              {budgets.length === 0 && ` · ${labels.budget}: ${labels.unlimited}`}
            </p>
            {budgets.length > 0 && (
              <ul class="bars">
                {budgets.map((budget) => (
                  <Budget key={budget.name} budget={budget} nowMs={nowMs} format={format} />
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </Section>
  )
}
