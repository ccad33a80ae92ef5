import { Impatient } from "@bellwether/core"
import type { Answer, Context, Failed, Failure, Services } from "@bellwether/core"
import { failureTable } from "@bellwether/wire"
import { ModelFellBack } from "./events.ts"
import type { StandIns } from "./options.ts"

/** One call on its way from model to model. */
export class Chain {
  readonly #ask: (context: Context) => Promise<Answer>
  /** What the caller asks for. */
  readonly #asked: Context
  readonly #emit: Services["emit"]
  readonly #failed: Failed[] = []

  constructor(ask: (context: Context) => Promise<Answer>, asked: Context, emit: Services["emit"]) {
    this.#ask = ask
    this.#asked = asked
    this.#emit = emit
  }

  /** The answer of the first model that gives one, or the failure that tells most. */
  async walk({ models, longerContext }: StandIns): Promise<Answer> {
    const answer = await this.#walk(this.#rounds(models))
    const isTooLong = !answer.ok && answer.failure.class === "context-length"
    return isTooLong ? this.#walk(this.#contexts(longerContext)) : answer
  }

  /** First whichever model can answer now, then whichever is worth waiting for. */
  #rounds(models: readonly string[]): readonly Context[] {
    const all = [this.#asked, ...this.#contexts(models)]
    return all.length === 1 ? all : [...all.map((context) => context.with(Impatient, true)), ...all]
  }

  #contexts(models: readonly string[]): readonly Context[] {
    return models.map((model) => this.#asked.withModel(model))
  }

  async #walk(contexts: readonly Context[]): Promise<Answer> {
    for (const context of contexts) {
      const last = this.#failed.at(-1)
      if (last !== undefined && this.#asked.call.attemptsLeft <= 0) break
      if (last !== undefined) this.#tell(context, last.failure)
      const answer = await this.#ask(context)
      if (answer.ok) return answer
      this.#failed.push(answer)
      if (!mayGoOn(answer.failure, context.model === this.#asked.model)) return answer
    }
    return this.#mostTelling()
  }

  #tell({ call, model = "" }: Context, { code }: Failure): void {
    const from = this.#asked.model ?? ""
    call.note({ step: "model-changed", model, reason: code })
    if (model !== from) this.#emit(ModelFellBack, { call, from, to: model, code })
  }

  /** Of the model that was asked for first, unless nobody could even be asked. */
  #mostTelling(): Answer {
    const real = this.#failed.find(({ attempt }) => attempt !== undefined)
    const answer = real ?? this.#failed[0]
    if (answer === undefined) throw new Error("A chain has at least one model.")
    return answer
  }
}

/**
 * From the model that was asked for, as the failure table lets a call go to another endpoint. What a stand-in makes of
 * a request that was not written for it decides nothing.
 */
function mayGoOn({ class: failureClass, code }: Failure, isAsked: boolean): boolean {
  if (failureClass === "cancelled" || failureClass === "superseded") return false
  if (failureClass === "call-refused") return code === "no-target"
  return !isAsked || failureTable[failureClass].otherEndpoint === "yes"
}
