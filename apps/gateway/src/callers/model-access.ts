import { readBody } from "@bellwether/wire"
import type { Refusal } from "../answers/refusal.ts"
import { countModels, modelOfForm } from "../requests/named-model.ts"

/** What decides whether a caller may ask for something. */
export interface AskedFor {
  readonly method: string
  /** Below the API's root, such as `/chat/completions`. */
  readonly path: string
  readonly contentType: string
  readonly body: Uint8Array<ArrayBuffer> | undefined
  /** The model, where it stands in the address. */
  readonly model: string | undefined
}

/** What makes nothing, and names no model. */
const harmless =
  /^\/(?:files|uploads(?:\/[^/]+\/(?:parts|complete|cancel))?|(?:responses|batches)\/[^/]+\/cancel)$/

/** Whether a name is one of these, or begins as one of them does (`claude-*`). */
const isAmong = (names: readonly string[], name: string): boolean =>
  names.some((each) => (each.endsWith("*") ? name.startsWith(each.slice(0, -1)) : each === name))

/** Why a caller who may use these models alone may not have this; what names no model is refused, too. */
export async function modelFault(asked: AskedFor, models: readonly string[]): Promise<Refusal | undefined> {
  const { method, path } = asked
  if (method === "GET" || method === "HEAD" || method === "DELETE") return undefined
  const [plain = path] = path.split("?", 1)
  if (harmless.test(plain)) return undefined
  const model = await modelOf(asked)
  if (model !== undefined && isAmong(models, model)) return undefined
  const named =
    model === undefined ? "this request names none, or more than one" : `this request asks for ${model}`
  return {
    status: 403,
    code: "model-not-allowed",
    message: `This key may use the models ${models.join(", ")} alone, and ${named}.`,
  }
}

/** The models of a list that a caller may see. */
export const visible = (models: readonly string[] | undefined, id: string): boolean =>
  models === undefined || isAmong(models, id)

async function modelOf({ body, contentType, model }: AskedFor): Promise<string | undefined> {
  if (model !== undefined || body === undefined) return model
  if (/^multipart\/form-data\b/i.test(contentType)) return modelOfForm(body, contentType)
  const text = new TextDecoder().decode(body)
  return countModels(text) === 1 ? readBody(text)?.model : undefined
}
