import type { CostStatus } from "../../../src/status/status.ts"
import type { Format } from "../format.ts"
import { useTexts } from "../language.ts"
import { Fact } from "./recent.tsx"
import { Section } from "./section.tsx"

interface Props {
  readonly cost: CostStatus | null
  readonly nowMs: number
  readonly format: Format
}

/** What was spent, for what, and what was saved. */
export function Cost({ cost, nowMs, format }: Props) {
  const { sections, labels, sinceStart } = useTexts()
  if (cost === null) return null
  const { spentUsd, wastedUsd, savedUsd, savedPercent, savedUsdPerMonth, unknownAttempts } = cost
  const share = savedPercent === null ? "" : ` (${format.percent(savedPercent / 100)})`
  const remark = sinceStart(format.duration(nowMs - cost.sinceAtMs))
  return (
    <Section id="cost" title={sections.cost} remark={remark}>
      <dl class="facts">
        <Fact name={labels.spent} value={format.usd(spentUsd)} />
        <Fact name={labels.wasted} value={format.usd(wastedUsd)} />
        <Fact name={labels.saved} value={`${format.usd(savedUsd)}${share}`} />
        {savedUsdPerMonth !== null && (
          <Fact name={`${labels.saved}, ${labels.perMonth}`} value={format.usd(savedUsdPerMonth)} />
        )}
        {unknownAttempts > 0 && <Fact name={labels.unknownCost} value={format.count(unknownAttempts)} />}
      </dl>
    </Section>
  )
}
