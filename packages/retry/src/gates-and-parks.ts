import { available, worse } from "@bellwether/core"
import type { Admission, Attempt, Ending, Lease, Parks, Services } from "@bellwether/core"
import type { Shared, Target, Verdict } from "@bellwether/core"
import type { Budget, Fare } from "./budget.ts"
import { GateClosed, ParkBegan, ParkEnded } from "./events.ts"
import {
  afterEvidence,
  afterFailure,
  afterRenewal,
  afterSuccess,
  blank,
  holding,
  mergeLedgers,
} from "./ledger.ts"
import type { Entry, Ledger } from "./ledger.ts"
import { gateReason, parkReason } from "./reasons.ts"

/** An admission that can be looked into, and whose parks can be lifted. */
export interface GatesAndParks extends Admission, Parks {
  peek(target: Target, model: string | undefined): Verdict
  /** What is closed at the moment. Times are wall milliseconds. */
  inspect(): { readonly gates: readonly unknown[]; readonly parks: readonly unknown[] }
}

/** How long the store remembers an endpoint's ledger after its last change: no park without a hint lasts longer. */
const ledgerTtlMs = 86_400_000

/**
 * Keeps attempts off scopes that asked to be left alone (gates) or cannot serve (parks), learns from how attempts
 * end, and books them in the retry budget.
 *
 * @param fareOf what an attempt pays
 */
export function createGatesAndParks(
  services: Services,
  budget: Budget,
  fareOf: (attempt: Attempt) => Fare,
): GatesAndParks {
  const { clock, board, targets, renewed } = services
  const endpoints = [...new Set(targets.map(({ endpoint }) => endpoint))]
  const cells = new Map<string, Shared<Ledger>>(
    endpoints.map((endpoint) => [
      endpoint,
      services.shared(endpoint, { initial: blank, merge: mergeLedgers, ttlMs: ledgerTtlMs }),
    ]),
  )
  const ledgerOf = ({ endpoint }: Target): Ledger => cells.get(endpoint)?.get() ?? blank
  const monotonic = (dateMs: number): number => clock.now() + dateMs - clock.date()

  type Subject = Pick<Attempt, "target" | "model">

  function gateOf(ledger: Ledger, subject: Subject): Verdict {
    const gate = holding(ledger.gates, subject, clock.date())
    if (gate === undefined) return available
    const untilMs = monotonic(gate.untilMs)
    const isThrottled = gate.cause === "rate-limited"
    return {
      status: "unavailable",
      untilMs,
      reason: gateReason(gate.cause),
      ...(isThrottled && { throttled: true }),
    }
  }

  function parkOf(ledger: Ledger, subject: Subject): Verdict {
    const park = holding(ledger.parks, subject, clock.date())
    if (park === undefined) return available
    const untilMs = monotonic(park.untilMs)
    return { status: "unavailable", untilMs, reason: parkReason(park.cause), parked: true }
  }

  function peek(target: Target, model: string | undefined): Verdict {
    const ledger = ledgerOf(target)
    if (ledger === blank) return available
    const subject = { target, model }
    return worse(gateOf(ledger, subject), parkOf(ledger, subject))
  }

  const spent = ({ id }: Target): Verdict => ({
    status: "unavailable",
    reason: `the retry budget of ${id} is spent`,
  })

  /** A panic try passes everything; a park stops neither a call's only candidate nor what the provider invited. */
  function refusal(ledger: Ledger, attempt: Attempt): Verdict {
    if (ledger === blank || attempt.kind === "panic") return available
    const passesParks = attempt.kind === "repeat" || attempt.call.candidates.length === 1
    const gate = gateOf(ledger, attempt)
    return passesParks ? gate : worse(gate, parkOf(ledger, attempt))
  }

  function write(target: Target, { ledger, news }: Entry, reason = "it answered a call"): void {
    const cell = cells.get(target.endpoint)
    if (cell === undefined || cell.get() === ledger) return
    cell.set(ledger)
    if (news === undefined) return
    const { scope, cause, untilMs } = news.entry
    const durationMs = Math.max(0, untilMs - clock.date())
    if (news.kind === "gate-closed") services.emit(GateClosed, { scope, class: cause, durationMs })
    else if (news.kind === "park-began") {
      const { strikes } = news.entry
      services.emit(ParkBegan, { scope, class: cause, durationMs, strikes })
    } else {
      services.emit(ParkEnded, { scope, class: cause, reason })
      board.touch()
    }
  }

  for (const target of renewed) {
    const isElsewhere = targets.every(
      (other) => other.endpoint !== target.endpoint || renewed.includes(other),
    )
    write(
      target,
      afterRenewal(ledgerOf(target), target, isElsewhere, clock.date()),
      "its key or address is another one",
    )
  }

  function lease(attempt: Attempt, fare: Fare, admitted: Ledger): Lease {
    const { target } = attempt
    return {
      committed() {
        budget.succeeded(target, fare)
        const ledger = ledgerOf(target)
        if (ledger !== blank) write(target, afterSuccess(ledger, admitted, attempt, clock.date()))
      },
      end({ failure }: Ending) {
        if (failure === undefined) return
        if (failure.class === "target-refused") return budget.notMade(target, fare)
        if (!attempt.committed) budget.failed(target, fare)
        write(target, afterFailure(ledgerOf(target), admitted, attempt, failure, clock.date()))
      },
    }
  }

  return {
    peek,
    take(attempt) {
      const { target } = attempt
      const ledger = ledgerOf(target)
      const fare = fareOf(attempt)
      if (fare === "paced" && !budget.canSpend(target)) return spent(target)
      const verdict = refusal(ledger, attempt)
      if (verdict.status === "unavailable") {
        budget.notMade(target, fare)
        return verdict
      }
      budget.made(target, fare)
      return lease(attempt, fare, ledger)
    },
    lift(target, cause, reason) {
      write(target, afterEvidence(ledgerOf(target), target, cause, clock.date()), reason)
    },
    inspect() {
      const dateMs = clock.date()
      const ledgers = [...cells.values()].map((cell) => cell.get())
      const closed = <T extends { readonly untilMs: number }>(entries: Readonly<Record<string, T>>): T[] =>
        Object.values(entries).filter(({ untilMs }) => untilMs > dateMs)
      return {
        gates: ledgers.flatMap(({ gates }) => closed(gates)),
        parks: ledgers
          .flatMap(({ parks }) => closed(parks))
          .map(({ calls: _, generation: __, ...park }) => park),
      }
    },
  }
}
