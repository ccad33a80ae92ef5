import type { Services, Shared, Target } from "@bellwether/core"
import { readAnswer, readOperation } from "@bellwether/wire"
import type { Question } from "./ask.ts"

/** A completion that is paid for, to see that models answer and not only the endpoint. */
export interface CompletionOptions {
  /** As the endpoints call it. A target that does not have it answers 4xx, which says nothing. */
  readonly model: string
  /** At most so many for each target and day, in UTC. */
  readonly dailyCap: number
  /** @default "/chat/completions" */
  readonly path?: string
  /** What is sent. @default a chat that asks for a word and allows 16 tokens */
  readonly body?: string
}

const messages = [{ role: "user", content: "Say OK." }]

/** The question an option asks for. */
export function completionQuestion(options: CompletionOptions, timeoutMs: number): Question {
  const { model, path = "/chat/completions" } = options
  const { body = JSON.stringify({ model, messages, max_tokens: 16 }) } = options
  const operation = readOperation("POST", path)
  return {
    request: { method: "POST", path, headers: { "content-type": "application/json" }, body },
    expected: { isStatus: isGood, answer: (text) => readAnswer(operation, "application/json", text).ok },
    timeoutMs,
  }
}

/** Any 2xx. */
export const isGood = (status: number): boolean => status >= 200 && status < 300

/** What a fleet has spent on one day. */
interface Spent {
  /** Days since 1970, in UTC. */
  readonly day: number
  readonly count: number
}

const dayMs = 86_400_000
const nothing: Spent = { day: 0, count: 0 }

/** The later day; of the same day, whatever was more. */
const mergeSpent = (a: Spent, b: Spent): Spent =>
  a.day === b.day ? { day: a.day, count: Math.max(a.count, b.count) } : a.day > b.day ? a : b

/** Counts completions by target and day. */
export class CompletionCap {
  readonly #dailyCap: number
  readonly #services: Services

  constructor(dailyCap: number, services: Services) {
    this.#dailyCap = dailyCap
    this.#services = services
  }

  /** Takes one of the day; `false` when there is none left. */
  take(target: Target): boolean {
    const day = Math.floor(this.#services.clock.date() / dayMs)
    const cell = this.#cellOf(target)
    const { day: lastDay, count } = cell.get()
    const spent = lastDay === day ? count : 0
    if (spent >= this.#dailyCap) return false
    cell.set({ day, count: spent + 1 })
    return true
  }

  #cellOf({ id }: Target): Shared<Spent> {
    const ttlMs = 2 * dayMs
    return this.#services.shared<Spent>(`completions/${id}`, { initial: nothing, merge: mergeSpent, ttlMs })
  }
}
