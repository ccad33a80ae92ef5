import type { Random } from "@bellwether/core"
import type { Answerer } from "./generation.ts"
import { conversationOf } from "./request-body.ts"

// Words of one to four bytes a character, so that a reader that splits characters is found out.
const words = (
  "the flock follows a bell over wide hills while naïve élan crosses quiet rivers 羊群 跟着 铃声 🔔 " +
  "and then turns home before dusk — softly"
).split(" ")

/** The same text for the same conversation and seed, whichever provider serves it: 12 to 36 words. */
export const defaultAnswer =
  (random: Random): Answerer =>
  (request, choice) => {
    const chance = random.stream("answer", conversationOf(request.json ?? {}), choice)
    const count = 12 + Math.floor(chance.next() * 25)
    const said = Array.from({ length: count }, () => words[Math.floor(chance.next() * words.length)])
    return `${said.join(" ")}.`
  }
