import { PipelineError } from "@bellwether/core"
import type { ProbeRequest, Services, Target } from "@bellwether/core"
import type { ProbeFinding } from "./probe-result.ts"
import { readAnswer, readSilence, readThrown, wantsText } from "./read-probe.ts"
import type { Expectation } from "./read-probe.ts"

/** What is asked of a target, and what it should answer. */
export interface Question {
  readonly request: Omit<ProbeRequest, "signal">
  readonly expected: Expectation
  /** Milliseconds for everything, the text of the answer included. */
  readonly timeoutMs: number
}

/** More of an answer than this is not looked at. */
const maxTextBytes = 65_536

/** A finding, and how long it took to the answer's head. */
export interface Asked {
  readonly finding: ProbeFinding
  readonly latencyMs: number
}

/** Asks once, and never rejects. `undefined` when the pipeline has closed meanwhile. */
export async function ask(
  target: Target,
  question: Question,
  services: Services,
): Promise<Asked | undefined> {
  const { request, expected, timeoutMs } = question
  const { clock, signal } = services
  if (signal.aborted) return undefined
  const controller = new AbortController()
  const close = (): void => controller.abort("closed")
  signal.addEventListener("abort", close, { once: true })
  const timer = clock.after(timeoutMs, () => controller.abort("late"))
  const startedAtMs = clock.now()
  let latencyMs: number | undefined
  try {
    const response = await headOf(
      services.send(target, { ...request, signal: controller.signal }),
      controller.signal,
    )
    latencyMs = clock.now() - startedAtMs
    const { status, headers } = response
    const text = wantsText(status, expected) ? await textOf(response, controller.signal) : leave(response)
    return { finding: readAnswer({ status, headers, text }, expected, clock.date()), latencyMs }
  } catch (error) {
    if (signal.aborted) return undefined
    const isLate = controller.signal.aborted
    latencyMs ??= clock.now() - startedAtMs
    return { finding: isLate ? readSilence(timeoutMs) : refusalOf(error), latencyMs }
  } finally {
    timer.cancel()
    signal.removeEventListener("abort", close)
  }
}

function refusalOf(error: unknown): ProbeFinding {
  if (!PipelineError.is(error)) return readThrown(error)
  const { code, message, status } = error
  return {
    outcome: status === undefined ? "error" : "down",
    health: code === "key-unavailable" ? "key-failure" : "neutral",
    reason: message.replace(/\.$/, ""),
    kind: code,
    ...(status !== undefined && { status }),
  }
}

/** A transport may be deaf to its signal; then the answer that comes too late is left. */
function headOf(sending: Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(signal.reason)
      sending.then(leave, () => {})
    }
    if (signal.aborted) return giveUp()
    signal.addEventListener("abort", giveUp, { once: true })
    sending.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp))
  })
}

function leave({ body }: Response): string {
  body?.cancel().catch(() => {})
  return ""
}

async function textOf({ body }: Response, signal: AbortSignal): Promise<string> {
  if (body === null) return ""
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const giveUp = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener("abort", giveUp, { once: true })
  let text = ""
  let left = maxTextBytes
  try {
    while (left > 0) {
      const { done, value } = await reader.read()
      signal.throwIfAborted()
      if (done) return text
      text += decoder.decode(value.subarray(0, left), { stream: true })
      left -= value.length
    }
    return text
  } finally {
    signal.removeEventListener("abort", giveUp)
    giveUp()
  }
}
