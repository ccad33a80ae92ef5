/** The fields of an error in OpenAI's shape, `{ error: { message, type, param, code } }`. */
export interface OpenAIError {
  readonly message: string
  readonly type: string | null
  readonly code: string | null
  readonly param?: string | null
}

/** An error as one kind of provider says it. `{model}` and `{key}` stand for those of the request. */
export interface ProviderError {
  readonly status: number
  readonly openai: OpenAIError | { readonly json: unknown } | { readonly html: string }
  /** Headers it always comes with. */
  readonly headers?: Readonly<Record<string, string>>
  /** In Azure's shape, where it has its own. */
  readonly azure?: { readonly json: unknown }
  /** In Anthropic's shape, `{ type: "error", error: { type, message } }`, where it says it differently. */
  readonly anthropic?: { readonly status?: number; readonly type: string; readonly message: string }
}

/** Keeps the literal names of a table and checks its rows. */
export const errorTable = <Name extends string>(
  rows: Readonly<Record<Name, ProviderError>>,
): Readonly<Record<Name, ProviderError>> => rows

/** The page a proxy in front of a provider answers with. */
export const proxyPage = (title: string, server: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n` +
  `<hr><center>${server}</center>\r\n</body>\r\n</html>\r\n`
