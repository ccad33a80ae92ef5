import type { Random } from "@bellwether/core"
import { jsonReply, type Reply } from "../reply.ts"
import type { Order } from "./order.ts"

/** `POST /embeddings`: a unit vector that depends on the text alone, as floats or base64. */
export const embeddings = ({ request, generation: { inputTokens } }: Order, random: Random): Reply => {
  const { input, dimensions, encoding_format: encoding } = request.json ?? {}
  const texts = isListOfTexts(input) ? input : [input]
  const size = typeof dimensions === "number" ? dimensions : 16
  const data = texts.map((text, index) => {
    const vector = unitVector(JSON.stringify(text), size, random)
    const embedding = encoding === "base64" ? inBase64(vector) : Array.from(vector)
    return { object: "embedding", index, embedding }
  })
  const usage = { prompt_tokens: inputTokens, total_tokens: inputTokens }
  return jsonReply(200, { object: "list", data, model: request.model, usage })
}

/** A list of numbers is one text, already cut into tokens. */
const isListOfTexts = (input: unknown): input is readonly unknown[] =>
  Array.isArray(input) && typeof input[0] !== "number"

const unitVector = (text: string, size: number, random: Random): Float32Array => {
  const chance = random.stream("embedding", text)
  const vector = Float32Array.from({ length: size }, () => chance.next() - 0.5)
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}

const inBase64 = (vector: Float32Array): string => Buffer.from(vector.buffer).toString("base64")
