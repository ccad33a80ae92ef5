import type { Refusal } from "../answers/refusal.ts"

/** Words and dashes between slashes: nothing can be hidden in that. */
const isPlain = /^(?:\/[\w-]+)+$/

/** A step up or on the spot, also with a path parameter behind it. */
const dotSegment = /(?:^|[/\\])\.{1,2}(?:[/\\;]|$)/

// oxlint-disable-next-line no-control-regex
const forbidden = /[\\\u0000-\u001f\u007f]/

const refused = (message: string): Refusal => ({ status: 400, code: "invalid-path", message })

const noProxy = refused(
  "This gateway leads to its configured endpoints alone: ask for a path such as /v1/chat/completions.",
)
const noTricks = refused("The path has a step up, a backslash or a control character in it, perhaps encoded.")
const noEncoding = refused("The path is not encoded as paths are.")

/**
 * What is wrong with the target of a request, as it came over the wire: addresses of other hosts, and paths that a
 * server behind us could take for another path than we do.
 */
export function targetFault(target: string): Refusal | undefined {
  const [path = ""] = target.split("?", 1)
  if (isPlain.test(path)) return undefined
  if (!path.startsWith("/") || path.startsWith("//")) return noProxy
  let seen = path
  // Somebody behind us may decode once more than we do.
  for (let rounds = 0; rounds < 3; rounds++) {
    if (dotSegment.test(seen) || forbidden.test(seen)) return noTricks
    const decoded = decode(seen)
    if (decoded === undefined) return rounds === 0 ? noEncoding : undefined
    if (decoded === seen) return undefined
    seen = decoded
  }
  return noTricks
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
