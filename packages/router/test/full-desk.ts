import type { Admission, Attempt, Context, Plugin, Verdict } from "@bellwether/core"

/** Somebody who stands in line at a full desk. */
export interface Standing {
  readonly endpoint: string
  readonly context: Context
  /** Whether the place was left; more than once is a fault. */
  left: number
  /** Decides the turn: it has come, or never will. */
  decide(isTurn: boolean): void
}

/** A plugin whose targets are full until told otherwise, with lines that the test moves on by hand. */
export interface FullDesk {
  readonly plugin: Plugin
  readonly standing: Standing[]
  /** Endpoints with a line. */
  readonly full: Map<string, Verdict>
}

export function fullDesk(full: Readonly<Record<string, number | undefined>>): FullDesk {
  const verdicts = new Map(
    Object.entries(full).map(([endpoint, untilMs]): [string, Verdict] => [
      endpoint,
      { status: "unavailable", reason: "full", veto: true, ...(untilMs !== undefined && { untilMs }) },
    ]),
  )
  const standing: Standing[] = []
  const turns = new Set<unknown>()

  const admit: Admission = {
    peek: ({ endpoint }) => verdicts.get(endpoint) ?? { status: "available" },
    take({ target: { endpoint }, call }: Attempt) {
      return turns.delete(call) ? undefined : verdicts.get(endpoint)
    },
    line({ endpoint }, context) {
      if (!verdicts.has(endpoint)) return undefined
      let settle: (isTurn: boolean) => void = () => {}
      const turn = new Promise<boolean>((resolve) => (settle = resolve))
      const one: Standing = {
        endpoint,
        context,
        left: 0,
        decide(isTurn) {
          if (isTurn) turns.add(context.call)
          settle(isTurn)
        },
      }
      standing.push(one)
      return { turn, leave: () => void one.left++ }
    },
  }
  return { plugin: { name: "full-desk", setup: () => ({ admit }) }, standing, full: verdicts }
}
