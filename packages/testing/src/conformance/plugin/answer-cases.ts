import { claim } from "../claim.ts"
import type { PluginCase, PluginSubject } from "./plugin-case.ts"
import { questions } from "./questions.ts"
import { bodyOf, type Told } from "./told.ts"
import { openWorld, without, type World } from "./world.ts"

const { stream, responsesStream, messagesStream, ...whole } = questions
const streams = { stream, responsesStream, messagesStream }

/** What is told of one question in a world that is well and has nowhere else to go. */
const answered = async (
  subject: PluginSubject,
  question: keyof typeof questions,
): Promise<readonly [Told, World]> => {
  const world = openWorld(subject, { isSole: true, tokensPerSecond: 20 })
  const answer = await world.clock.runUntil(world.ask(questions[question]), "The call")
  return [answer, world]
}

const names = <T extends object>(of: T): readonly (keyof T)[] => Object.keys(of) as (keyof T)[]

const sent = ({ primary }: World, path: string): readonly unknown[] =>
  primary.requests
    .filter((request) => request.path === path)
    .map(({ method, query, headers, body }) => ({ method, query, headers, body }))

export const answerCases: readonly PluginCase[] = [
  {
    title: "an answer that is well stays as it is, to the byte, and comes no later",
    async run(subject) {
      for (const question of names(whole)) {
        const [[is], [shouldBe]] = [
          await answered(subject, question),
          await answered(without(subject), question),
        ]
        claim(`status of ${question}`, is.status, shouldBe.status)
        claim(`headers of ${question}`, is.headers, shouldBe.headers)
        claim(`body of ${question}`, bodyOf(is), bodyOf(shouldBe))
        claim(`end of ${question} in ms`, is.endedAtMs, shouldBe.endedAtMs)
      }
    },
  },
  {
    title: "a stream is handed on to the byte, and each piece when it comes",
    async run(subject) {
      for (const question of names(streams)) {
        const [[is], [shouldBe]] = [
          await answered(subject, question),
          await answered(without(subject), question),
        ]
        claim(`${question} broken off by`, is.broken, undefined)
        claim(`pieces of ${question}`, is.pieces, shouldBe.pieces)
        claim(`end of ${question} in ms`, is.endedAtMs, shouldBe.endedAtMs)
      }
    },
  },
  {
    title: "a call that is well is sent once, and as the caller wrote it",
    async run(subject) {
      for (const question of names(questions)) {
        const path = `/v1${questions[question].path.split("?")[0]}`
        const [[, is], [, shouldBe]] = [
          await answered(subject, question),
          await answered(without(subject), question),
        ]
        claim(`requests for ${question}`, sent(is, path), sent(shouldBe, path))
      }
    },
  },
]
