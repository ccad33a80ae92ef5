import { available } from "@bellwether/core"
import type { Scope, Services } from "@bellwether/core"
import { scopeName } from "./conclude.ts"
import type { Conclusion } from "./conclude.ts"
import type { HealthState } from "./condition.ts"
import { HealthChanged } from "./health-events.ts"

type Conclusions = ReadonlyMap<string, Conclusion>

/** Tells what has changed: the board for those who choose, events for those who watch. */
export class Announcer {
  readonly #services: Pick<Services, "board" | "emit">
  /** What was told last, by any pipeline of the state. */
  readonly #told: { standing: Conclusions }
  #standing: Conclusions

  constructor(services: Pick<Services, "board" | "emit" | "kept">) {
    this.#services = services
    this.#told = services.kept("told", (): { standing: Conclusions } => ({ standing: new Map() }))
    this.#standing = this.#told.standing
  }

  get standing(): readonly Conclusion[] {
    return [...this.#standing.values()]
  }

  /** Says on the board what is known already; of that only what has changed meanwhile is news. */
  begin(conclusions: readonly Conclusion[]): void {
    for (const { scope, verdict } of conclusions) this.#services.board.say(scope, verdict)
    this.announce(conclusions)
  }

  announce(conclusions: readonly Conclusion[]): void {
    const before = this.#standing
    const after = byScope(conclusions)
    this.#standing = after
    this.#told.standing = after
    const { board, emit } = this.#services
    for (const [name, { scope }] of before) if (!after.has(name)) board.say(scope, available)
    for (const [name, { scope, verdict }] of after)
      if (!isSame(verdict, before.get(name)?.verdict)) board.say(scope, verdict)
    for (const { scope } of new Map([...before, ...after]).values()) {
      const [from, to] = [stateOf(scope, before), stateOf(scope, after)]
      if (from !== to) emit(HealthChanged, { scope, from, to, reason: reasonOf(scope, after) })
    }
  }
}

const byScope = (conclusions: readonly Conclusion[]): Conclusions =>
  new Map(conclusions.map((conclusion) => [scopeName(conclusion.scope), conclusion]))

/** What is said of the whole endpoint is said of its keys. */
function standingOf(scope: Scope, conclusions: Conclusions): Conclusion | undefined {
  const { key: _, ...endpoint } = scope
  return conclusions.get(scopeName(scope)) ?? conclusions.get(scopeName(endpoint))
}

const stateOf = (scope: Scope, conclusions: Conclusions): HealthState =>
  standingOf(scope, conclusions)?.state ?? "healthy"

const reasonOf = (scope: Scope, conclusions: Conclusions): string =>
  standingOf(scope, conclusions)?.reasons.join("; ") ?? "nothing speaks against it any more"

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
