/**
 * What an operator may do with an endpoint, or with one key of it. `drain` takes it out of use and lets calls under
 * way end, `force-open` takes it out of use with a reason, `release` puts an end to both and leaves the circuits to
 * themselves, `force-close` closes its circuits as well, `probe` asks it how it is.
 */
export const actionNames = ["drain", "force-open", "force-close", "release", "probe"] as const

export type ActionName = (typeof actionNames)[number]

/** The body of `POST /status/actions`. */
export interface ActionRequest {
  readonly action: ActionName
  readonly endpoint: string
  /** The key's id. @default all keys of the endpoint */
  readonly key?: string
  /** Why, for whoever reads boards and trails; of `drain` and `force-open`. */
  readonly reason?: string
}

/** The answer to `POST /status/actions`, with status 200; otherwise it is an error in OpenAI's shape. */
export interface ActionResult {
  /** What was done, in words. */
  readonly message: string
}

/**
 * The answer to `GET /status/session`, and to `POST /status/session` with `{ token }`, which sets a cookie for this
 * browser. Whoever acts by cookie sends `csrf` in the header `x-csrf-token`.
 */
export interface SessionStatus {
  /** Whether the status can be read as things are. */
  readonly mayRead: boolean
  /** Whether actions are open as things are. */
  readonly mayAct: boolean
  /** Whether there is a token to log in with. */
  readonly hasToken: boolean
  /** `null` while nobody is logged in. */
  readonly csrf: string | null
}
