import { classifyResponse } from "@bellwether/wire"
import type { FailureClass } from "@bellwether/wire"
import type { Services, Target } from "@bellwether/core"

/** More of an answer than this is not looked at. */
const maxBytes = 65_536

/** The provider answered, but not with what was asked for. Its text is not told. */
export class UsageRefused extends Error {
  readonly kind: FailureClass

  constructor(status: number, kind: FailureClass) {
    super(`HTTP ${status} (${kind})`)
    this.kind = kind
  }
}

/** The JSON of a GET with the target's key. */
export async function askJson(
  { send, clock }: Services,
  target: Target,
  path: string,
  signal: AbortSignal,
): Promise<unknown> {
  const headers = { accept: "application/json" }
  const response = await send(target, { method: "GET", path, headers, signal })
  const text = await textOf(response, signal)
  if (response.ok) return JSON.parse(text)
  const { status, headers: told } = response
  throw new UsageRefused(status, classifyResponse({ status, headers: told, body: text }, clock.date()).class)
}

/** Reads a body, no further than allowed. A transport may be deaf to its signal; then the body is left. */
async function textOf({ body }: Response, signal: AbortSignal): Promise<string> {
  if (body === null) return ""
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const leave = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener("abort", leave, { once: true })
  try {
    let text = ""
    for (let left = maxBytes; left > 0;) {
      signal.throwIfAborted()
      const { done, value } = await reader.read()
      if (done) return text
      text += decoder.decode(value.subarray(0, left), { stream: true })
      left -= value.length
    }
    throw new SyntaxError("The answer is too long.")
  } finally {
    signal.removeEventListener("abort", leave)
    leave()
  }
}
