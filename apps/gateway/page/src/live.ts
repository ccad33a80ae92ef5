import { useEffect, useState } from "preact/hooks"
import type { Status } from "../../src/status/status.ts"

/** What the page knows, and whether it still hears from the gateway. */
export interface Live {
  /** The newest status; `undefined` before the first. */
  readonly status: Status | undefined
  readonly connection: "connecting" | "live" | "lost"
}

/** The status as the gateway tells it each second. `session` opens the stream anew when it changes. */
export function useLive(session: unknown): Live {
  const [status, setStatus] = useState<Status>()
  const [connection, setConnection] = useState<Live["connection"]>("connecting")

  useEffect(() => {
    let again: ReturnType<typeof setTimeout> | undefined
    let source: EventSource
    const listen = (): void => {
      source = new EventSource("/status/events")
      source.addEventListener("message", ({ data }) => {
        setStatus(JSON.parse(String(data)) as Status)
        setConnection("live")
      })
      source.addEventListener("error", () => {
        setConnection("lost")
        // A browser tries again by itself after a cut, but not after an answer that was no stream.
        if (source.readyState === EventSource.CLOSED) again = setTimeout(listen, 2_000)
      })
    }
    listen()
    return () => {
      clearTimeout(again)
      source.close()
    }
  }, [session])

  return { status, connection }
}
