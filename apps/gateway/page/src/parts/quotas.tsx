import type { BudgetStatus, QuotaStatus, Status } from "../../../src/status/status.ts"
import type { Format } from "../format.ts"
import { useTexts } from "../language.ts"
import { Section } from "./section.tsx"

/** What is left of the providers' quotas and of the operator's budgets. */
export function Quotas({ status, format }: { readonly status: Status; readonly format: Format }) {
  const { sections } = useTexts()
  const { quotas, budgets, nowMs } = status
  if (quotas.length + budgets.length === 0) return null
  return (
    <Section id="quotas" title={sections.quotas}>
      <ul class="bars">
        {quotas.map((quota) => (
          <Quota key={quota.target} quota={quota} nowMs={nowMs} format={format} />
        ))}
        {budgets.map((budget) => (
          <Budget key={`${budget.name} ${budget.subject}`} budget={budget} nowMs={nowMs} format={format} />
        ))}
      </ul>
    </Section>
  )
}

interface QuotaProps {
  readonly quota: QuotaStatus
  readonly nowMs: number
  readonly format: Format
}

function Quota({ quota, nowMs, format }: QuotaProps) {
  const { labels } = useTexts()
  const { target, left, limit, unit, resetAtMs, error } = quota
  return (
    <Level
      name={`${target}, ${labels.provider}`}
      left={left}
      limit={limit}
      unit={unit}
      resetAtMs={resetAtMs}
      nowMs={nowMs}
      format={format}
      fault={error}
    />
  )
}

interface BudgetProps {
  readonly budget: BudgetStatus
  readonly nowMs: number
  readonly format: Format
}

/** What is left of one budget. */
export function Budget({ budget, nowMs, format }: BudgetProps) {
  const { name, subject, left, limit, unit, resetAtMs } = budget
  return (
    <Level
      name={subject === "" ? name : `${name}: ${subject}`}
      left={left}
      limit={limit}
      unit={unit}
      resetAtMs={resetAtMs}
      nowMs={nowMs}
      format={format}
      fault={null}
    />
  )
}

interface LevelProps {
  readonly name: string
  readonly left: number | null
  readonly limit: number | null
  readonly unit: string | null
  readonly resetAtMs: number | null
  readonly nowMs: number
  readonly format: Format
  readonly fault: string | null
}

/** Less than this share left is low. */
const lowShare = 0.2

function Level({ name, left, limit, unit, resetAtMs, nowMs, format, fault }: LevelProps) {
  const texts = useTexts()
  const { labels } = texts
  const amount = (value: number): string => (unit === "usd" ? format.usd(value) : format.count(value))
  const share = left === null || limit === null || limit === 0 ? null : left / limit
  const words = [
    left === null ? "" : `${amount(left)} ${labels.left}`,
    limit === null ? "" : `/ ${amount(limit)}`,
    unit === null || unit === "usd" ? "" : unit,
  ].filter((word) => word !== "")
  return (
    <li>
      {name}{" "}
      <span>
        {words.join(" ")}
        {resetAtMs !== null && `, ${texts.resets(format.duration(resetAtMs - nowMs))}`}
      </span>
      {share !== null && (
        <progress
          class={share < lowShare ? "bad" : "good"}
          max={1}
          value={Math.max(0, Math.min(1, share))}
          aria-label={name}
        />
      )}
      {fault !== null && (
        <p class="small" lang="en">
          {fault}
        </p>
      )}
    </li>
  )
}
