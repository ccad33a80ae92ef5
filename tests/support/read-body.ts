/** A body, as far as it came. */
export interface ReadBody {
  readonly text: string
  /** What ended it too early; `undefined` if it ended in order. */
  readonly error: unknown
}

/** Reads a body to its end, in order or not. */
export async function readBody({ body }: Response): Promise<ReadBody> {
  const decoder = new TextDecoder()
  let text = ""
  try {
    for await (const chunk of body ?? []) text += decoder.decode(chunk, { stream: true })
    return { text: text + decoder.decode(), error: undefined }
  } catch (error) {
    return { text, error }
  }
}
