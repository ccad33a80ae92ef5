import type { AnswerLabel } from "../answer/answer-label.ts"
import type { JsonObject } from "../json-value.ts"
import type { StreamFacts } from "./stream-facts.ts"

/** What a grammar makes of one event: its facts, and what they change about the answer as a whole. */
export interface GrammarFacts extends StreamFacts {
  /** Whether nothing is missing any more; unsaid, it is as before. */
  readonly complete?: boolean
  /** Set when the stream has said that it is over. */
  readonly final?: true
  /** Set when it carries content although it is something else: a whole answer inside its terminal event. */
  readonly withContent?: boolean
}

/** How the events of one kind of stream are read; holds the state of one stream. */
export interface StreamGrammar {
  /** What an event says that is a JSON object and no error. */
  read(event: JsonObject, type: string | undefined): GrammarFacts
  /**
   * Whether the event can only be more content; asked once there has been content. Must be cheap and never wrong, and,
   * where a grammar is known, be the same of every event that is like this one but for its texts and longer numbers.
   */
  isMoreContent(type: string | undefined, data: string): boolean
  /** What the answer has told of itself so far: its id and model when first they came. */
  label(): AnswerLabel | undefined
  /** What `[DONE]` says. */
  readonly done: GrammarFacts
  /** What data says that is no JSON object. */
  readonly unreadable: GrammarFacts
}
