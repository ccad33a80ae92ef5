import type { Admission, Attempt, Ending, Lease } from "@bellwether/core"

/** What an admission answered, and what became of the lease if it gave one. */
export interface WatchedTake {
  /** What `peek` had answered just before; `undefined` if there is none, or it was not asked. */
  readonly peeked: unknown
  readonly taken: unknown
  readonly isLease: boolean
  /** Whether `peek` has to know what `take` does: it cannot know of repeats, panic tries and calls without choice. */
  readonly isOrdinary: boolean
  /** How the lease was ended, each time it was. */
  readonly endings: readonly Ending[]
}

/** An admission that tells of all it answers; each time before it is asked it is looked at so many times. */
export const watchedAdmission = (
  admission: Admission,
  peeks: number,
  tell: (take: WatchedTake) => void,
): Admission => ({
  ...(admission.line && { line: (target, context) => admission.line?.(target, context) }),
  peek: (target, model) => admission.peek?.(target, model) ?? { status: "available" },
  take(attempt) {
    let peeked: unknown
    for (let look = 0; look < peeks; look++) peeked = admission.peek?.(attempt.target, attempt.model)
    const taken = admission.take(attempt)
    const endings: Ending[] = []
    tell({ peeked, taken, isLease: isLease(taken), isOrdinary: isOrdinary(attempt), endings })
    if (!isLease(taken)) return taken
    return {
      committed: () => taken.committed?.(),
      end(ending) {
        endings.push(ending)
        taken.end(ending)
      },
    }
  },
})

const isLease = (taken: unknown): taken is Lease =>
  typeof (taken as Partial<Lease> | undefined)?.end === "function"

const isOrdinary = ({ kind, call }: Attempt): boolean => kind === "first" && call.candidates.length > 1
