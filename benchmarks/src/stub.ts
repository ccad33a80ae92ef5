import { createPipeline } from "@bellwether/core"
import { bellwether } from "bellwether"
import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from "cockatiel"
import CircuitBreaker from "opossum"
import { measure, print } from "./measure.ts"
import type { Contestant } from "./measure.ts"

const endpoints = [{ id: "stub", baseURL: "http://127.0.0.1:9/v1", key: "none" }]
const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "Say hello." }] })
const input = {
  method: "POST",
  headers: { "content-type": "application/json" },
  body,
}

const times =
  (run: () => Promise<unknown>): Contestant =>
  async (count) => {
    for (let turn = 0; turn < count; turn++) await run()
  }

const cockatiel = wrap(
  retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
  circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(5) }),
  timeout(30_000, TimeoutStrategy.Cooperative),
)

/** The same transport under everybody. */
function contestants(
  path: string,
  fetch: () => Promise<Response>,
  use: (response: Response) => Promise<unknown>,
) {
  const full = bellwether({ endpoints, fetch })
  const bare = createPipeline({ endpoints, fetch })
  const opossum = new CircuitBreaker(fetch, { timeout: 30_000 })
  return {
    "bare await": times(async () => use(await fetch())),
    "bellwether, core alone": times(async () => use(await bare.fetch(path, input))),
    "bellwether, default stack": times(async () => use(await full.fetch(path, input))),
    "cockatiel wrap(retry, breaker, timeout)": times(async () => use(await cockatiel.execute(fetch))),
    "opossum with timeout": times(async () => use(await opossum.fire())),
  }
}

/** What a call costs in the process, without a network. */
export async function stub(): Promise<void> {
  const empty = new Response(null, { status: 204 })
  print(
    "A call over a bodiless stub",
    await measure(
      // An answer without a body is none to a chat; this path is nobody's, and the request the same.
      contestants(
        "/bodiless",
        async () => empty,
        async () => {},
      ),
      { count: 20_000 },
    ),
  )
  const answer = JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "gpt-4o",
    choices: [{ index: 0, message: { role: "assistant", content: "x".repeat(800) }, finish_reason: "stop" }],
    usage: { prompt_tokens: 9, completion_tokens: 200, total_tokens: 209 },
  })
  const headers = { "content-type": "application/json" }
  print(
    "A call with a 1 kB JSON answer, read as text",
    await measure(
      contestants(
        "/chat/completions",
        async () => new Response(answer, { headers }),
        (response) => response.text(),
      ),
      { count: 4_000 },
    ),
  )
}
