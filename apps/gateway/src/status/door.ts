import type { IncomingHttpHeaders, IncomingMessage } from "node:http"
import type { Clock } from "@bellwether/core"
import type { Refusal } from "../answers/refusal.ts"
import type { GatewaySettings } from "@bellwether/config"
import type { SessionStatus } from "./action.ts"
import { Guesses } from "./guesses.ts"
import { Sessions } from "./sessions.ts"
import { isSameText, shownToken, tokenOf } from "./token.ts"

const cookieName = "bellwether-session"

const off: Refusal = {
  status: 404,
  code: "status-off",
  message: "The status page is switched off: set `gateway.status` to {} to see it.",
}

const noToken: Refusal = {
  status: 403,
  code: "no-status-token",
  message:
    "The gateway can be reached from elsewhere than its own machine, so its status needs a token: set " +
    "`gateway.status.token`.",
}

const login: Refusal = {
  status: 401,
  code: "wrong-status-token",
  message: "Show the token of `gateway.status.token` as a bearer token, or log in on the status page.",
  headers: { "www-authenticate": "Bearer" },
}

const locked: Refusal = {
  status: 429,
  code: "too-many-tokens",
  message: "Too many wrong tokens were shown: wait for a minute.",
  retryAfterMs: 60_000,
}

const actionsOff: Refusal = {
  status: 403,
  code: "actions-off",
  message: "Actions are off: they need a token. Set `gateway.status.token`.",
}

const noCsrf: Refusal = {
  status: 403,
  code: "wrong-csrf-token",
  message: "The header x-csrf-token is not the one of this session: load the page anew.",
}

/** Who asks. */
type Visitor = Pick<IncomingMessage, "headers" | "socket">

/** Decides who sees the status, and who may act. */
export class Door {
  readonly #sessions: Sessions
  readonly #guesses: Guesses

  constructor(clock: Clock) {
    this.#sessions = new Sessions(clock)
    this.#guesses = new Guesses(clock)
  }

  /** Why the status, or the metrics, may not be read. */
  reading(visitor: Visitor, settings: GatewaySettings): Refusal | undefined {
    if (settings.isLoopback) return undefined
    const token = tokenOf(settings)
    if (token === undefined) return noToken
    if (this.#sessions.csrfOf(cookieOf(visitor.headers), token) !== undefined) return undefined
    return this.#shows(visitor, token)
  }

  /** Why the status page, its data included, may not be read. */
  readingStatus(visitor: Visitor, settings: GatewaySettings): Refusal | undefined {
    return settings.status === false ? off : this.reading(visitor, settings)
  }

  /** Why somebody may not act. A cookie travels by itself, so it needs a second witness. */
  acting(visitor: Visitor, settings: GatewaySettings): Refusal | undefined {
    if (settings.status === false) return off
    const token = tokenOf(settings)
    if (token === undefined) return actionsOff
    const { headers } = visitor
    const csrf = this.#sessions.csrfOf(cookieOf(headers), token)
    if (csrf === undefined || headers.authorization !== undefined) return this.#shows(visitor, token)
    const { "x-csrf-token": shown } = headers
    return typeof shown === "string" && isSameText(shown, csrf) ? undefined : noCsrf
  }

  /** What a browser may do as things are. */
  session(headers: IncomingHttpHeaders, settings: GatewaySettings): SessionStatus {
    const token = tokenOf(settings)
    const csrf = this.#sessions.csrfOf(cookieOf(headers), token)
    return {
      mayRead: settings.isLoopback || csrf !== undefined,
      mayAct: csrf !== undefined,
      hasToken: token !== undefined,
      csrf: csrf ?? null,
    }
  }

  /** Begins a session for whoever knows the token. @returns the cookie */
  enter(shown: string, visitor: Visitor, settings: GatewaySettings): Refusal | { readonly cookie: string } {
    const token = tokenOf(settings)
    if (settings.status === false) return off
    if (token === undefined) return actionsOff
    const refusal = this.#compare(shown, token, visitor)
    return refusal ?? { cookie: cookie(this.#sessions.begin(token), visitor.headers) }
  }

  /** Ends a session. @returns the cookie that forgets it */
  leave(headers: IncomingHttpHeaders): string {
    const id = cookieOf(headers)
    if (id !== undefined) this.#sessions.end(id)
    return `${cookie("", headers)}; Max-Age=0`
  }

  #shows(visitor: Visitor, token: string): Refusal | undefined {
    const shown = shownToken(visitor.headers.authorization)
    return shown === undefined ? login : this.#compare(shown, token, visitor)
  }

  #compare(shown: string, token: string, { socket }: Visitor): Refusal | undefined {
    const address = socket.remoteAddress ?? ""
    if (this.#guesses.isLocked(address)) return locked
    if (isSameText(shown, token)) return undefined
    this.#guesses.add(address)
    return login
  }
}

const cookieOf = ({ cookie }: IncomingHttpHeaders): string | undefined =>
  cookie
    ?.split(";")
    .map((pair) => pair.trim().split("="))
    .find(([name]) => name === cookieName)?.[1]

/** For this path alone, out of reach of scripts and of other sites; a proxy that ends TLS tells so. */
const cookie = (id: string, { "x-forwarded-proto": scheme }: IncomingHttpHeaders): string =>
  `${cookieName}=${id}; Path=/status; HttpOnly; SameSite=Strict${scheme === "https" ? "; Secure" : ""}`
