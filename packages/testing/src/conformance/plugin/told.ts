import type { CallResult, Clock, TrailEntry } from "@bellwether/core"

/** All that a caller gets to see of a call, as plain data. */
export interface Told {
  readonly ok: boolean
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  /** The body's pieces and when they came, a character for each byte. */
  readonly pieces: readonly { readonly atMs: number; readonly text: string }[]
  readonly endedAtMs: number
  /** Code of what failed before the answer began. */
  readonly failure?: string
  /** What the body ended with instead of its end. */
  readonly broken?: string
  readonly trail: readonly TrailEntry[]
}

/** Reads an answer to its end, whatever that is. Never rejects. */
export const told = async (result: CallResult, clock: Clock): Promise<Told> => {
  const response = result.ok ? result.response : result.toResponse()
  const pieces: { readonly atMs: number; readonly text: string }[] = []
  let broken: string | undefined
  try {
    // One character for each byte, so that a text differs wherever the bytes do.
    const decoder = new TextDecoder("latin1")
    for await (const bytes of response.body ?? [])
      pieces.push({ atMs: clock.now(), text: decoder.decode(bytes) })
  } catch (error) {
    broken = codeOf(error)
  }
  return {
    ok: result.ok,
    status: response.status,
    headers: [...response.headers],
    pieces,
    endedAtMs: clock.now(),
    ...(!result.ok && { failure: `${result.failure.class}/${result.failure.code}` }),
    ...(broken !== undefined && { broken }),
    trail: [...result.call.trail],
  }
}

/** The whole body of an answer. */
export const bodyOf = ({ pieces }: Told): string => pieces.map(({ text }) => text).join("")

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error)
