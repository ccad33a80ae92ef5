import type { Provider } from "./provider.ts"
import { answer } from "./provider.ts"

/** A provider that allows so much a minute. */
export interface LimitedOptions {
  readonly requestsPerMinute: number
  /** Whether each response tells of the limit; else only the 429 says when to come back. */
  readonly tells: boolean
  readonly serviceMs: number
}

/** Such a provider, with an account of what it did. */
export interface Limited {
  readonly visit: Provider
  readonly answered: number
  readonly throttled: number
}

/** Counts as most providers do: a bucket that holds a minute's worth and fills all the time. */
export function limited({ requestsPerMinute, tells, serviceMs }: LimitedOptions): Limited {
  const perMs = requestsPerMinute / 60_000
  let level = requestsPerMinute
  let atMs = 0
  const account = { answered: 0, throttled: 0 }

  const headers = (): Record<string, string> => ({
    "x-ratelimit-limit-requests": String(requestsPerMinute),
    "x-ratelimit-remaining-requests": String(Math.floor(level)),
    "x-ratelimit-reset-requests": `${Math.ceil((requestsPerMinute - level) / perMs)}ms`,
  })

  function refused(): Response {
    account.throttled++
    const retryAfterMs = Math.ceil((1 - level) / perMs)
    const body = JSON.stringify({ error: { code: "rate_limit_exceeded", message: "Rate limit reached." } })
    const hint = { "content-type": "application/json", "retry-after-ms": String(retryAfterMs) }
    return new Response(body, { status: 429, headers: { ...hint, ...(tells && headers()) } })
  }

  return {
    get answered() {
      return account.answered
    },
    get throttled() {
      return account.throttled
    },
    async visit({ clock }) {
      level = Math.min(requestsPerMinute, level + (clock.now() - atMs) * perMs)
      atMs = clock.now()
      if (level < 1 - 1e-6) return refused()
      level--
      const told = tells ? headers() : {}
      await clock.sleep(serviceMs)
      account.answered++
      const response = answer()
      for (const [name, value] of Object.entries(told)) response.headers.set(name, value)
      return response
    },
  }
}
