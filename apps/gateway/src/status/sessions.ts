import { randomBytes } from "node:crypto"
import type { Clock } from "@bellwether/core"

const lifetimeMs = 12 * 3_600_000
const mostSessions = 100

interface Session {
  readonly csrf: string
  /** What was shown: another one in the config ends it. */
  readonly token: string
  readonly untilMs: number
}

/** Browsers that have shown the token of the status page. Forgotten with the process. */
export class Sessions {
  readonly #clock: Clock
  readonly #sessions = new Map<string, Session>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Begins a session. @returns its id, for the cookie */
  begin(token: string): string {
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size >= mostSessions && oldest !== undefined) this.#sessions.delete(oldest)
    const id = secret()
    this.#sessions.set(id, { csrf: secret(), token, untilMs: this.#clock.now() + lifetimeMs })
    return id
  }

  end(id: string): void {
    this.#sessions.delete(id)
  }

  /** What a session's actions have to show; `undefined` where there is no such session. */
  csrfOf(id: string | undefined, token: string | undefined): string | undefined {
    const session = id === undefined ? undefined : this.#sessions.get(id)
    if (session === undefined || token === undefined || session.untilMs < this.#clock.now()) return undefined
    return session.token === token ? session.csrf : undefined
  }
}

const secret = (): string => randomBytes(32).toString("base64url")
