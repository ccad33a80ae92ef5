import type { Checks } from "@bellwether/core"
import type { ReceivedRequest } from "../received-request.ts"
import { withHeaders, type Reply } from "../reply.ts"

/** Where a fault strikes. */
export interface Scene {
  readonly request: ReceivedRequest
  /** Wall time in milliseconds. */
  readonly dateMs: number
  /** Chance of this strike alone, in [0, 1). */
  readonly chance: number
  /** The provider under another name, so of another origin. */
  readonly otherOrigin: string
  /** The answer the request would have got, had it not asked for a stream. */
  readonly plain: () => Reply
}

/** One kind of fault: which options it has, and what it makes of a healthy reply. Free of side effects. */
export interface Strike<Fault> {
  readonly options: Checks<Omit<Fault, "kind">>
  strike(reply: Reply, fault: Fault, scene: Scene): Reply
}

/** All kinds of faults of one family. */
export type Family<Fault extends { readonly kind: string }> = {
  readonly [Kind in Fault["kind"]]: Strike<Extract<Fault, { readonly kind: Kind }>>
}

/** Another reply to the same request: after the same wait, under the same id. */
export const replaced = ({ delayMs, head }: Reply, by: Reply): Reply => {
  const ids = Object.entries(head?.headers ?? {}).filter(([name]) => name.endsWith("request-id"))
  return { ...withHeaders(by, Object.fromEntries(ids)), delayMs }
}
