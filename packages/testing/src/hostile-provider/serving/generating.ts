import type { Random } from "@bellwether/core"
import type { ProviderRoute } from "../route.ts"
import type { Reply } from "../reply.ts"
import { chatCompletion } from "./chat-completions.ts"
import { textCompletion } from "./completions.ts"
import { embeddings } from "./embeddings.ts"
import { message } from "./messages.ts"
import type { Order } from "./order.ts"
import { response } from "./responses.ts"
import { speech } from "./speech.ts"

/** The routes on which a model works. */
export type GeneratingRoute = "chat" | "completions" | "responses" | "messages" | "embeddings" | "speech"

/** How each of them writes its answer down. */
export const grammars: Readonly<Record<GeneratingRoute, (order: Order, random: Random) => Reply>> = {
  chat: chatCompletion,
  completions: textCompletion,
  responses: response,
  messages: message,
  embeddings,
  speech,
}

/** Whether a model works on this route. */
export const isGenerating = (route: ProviderRoute): route is GeneratingRoute => Object.hasOwn(grammars, route)

/** Whether a route answers in text; the others only listen. */
export const speaks = (route: GeneratingRoute): boolean => route !== "embeddings" && route !== "speech"
