import type { Fetch } from "../src/transport.ts"

const encoder = new TextEncoder()

export const bytes = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

/** A response with an event stream for a body. */
export const eventStream = (body: BodyInit | null): Response =>
  new Response(body, { headers: { "content-type": "text/event-stream" } })

/** How a body goes on after its last chunk. */
export type BodyEnd = "ends" | "breaks" | "hangs"

/** What a broken body errors with, as Node's `fetch` reports it. */
export const reset = (): TypeError =>
  new TypeError("terminated", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) })

/** A body of these chunks; the next one is made only when it is asked for. */
export function chunked(
  chunks: readonly Uint8Array<ArrayBuffer>[],
  end: BodyEnd = "ends",
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let next = 0
  return new ReadableStream(
    {
      pull(controller) {
        const chunk = chunks[next++]
        if (chunk !== undefined) return controller.enqueue(chunk)
        if (end === "ends") return controller.close()
        if (end === "breaks") return controller.error(reset())
        return new Promise(() => {})
      },
    },
    { highWaterMark: 0 },
  )
}

/** A body that is fed by hand, and tells when it is given up. */
export interface FedBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
  push(text: string): void
  end(): void
  break(): void
  readonly isCancelled: boolean
}

export function fed(): FedBody {
  let feed: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined
  let isCancelled = false
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => void (feed = controller),
    cancel: () => void (isCancelled = true),
  })
  return {
    stream,
    push: (text) => feed?.enqueue(bytes(text)),
    end: () => feed?.close(),
    break: () => feed?.error(reset()),
    get isCancelled() {
      return isCancelled
    },
  }
}

/** What a `fetch` was asked for. */
export interface SentRequest {
  readonly url: string
  readonly init: RequestInit
  readonly headers: Headers
  readonly signal: AbortSignal
}

/** A `fetch` that remembers what it was asked for and answers as told. */
export interface RecordingFetch {
  readonly fetch: Fetch
  readonly requests: readonly SentRequest[]
}

export function recording(
  answer: (request: SentRequest, index: number) => Response | Promise<Response>,
): RecordingFetch {
  const requests: SentRequest[] = []
  return {
    requests,
    fetch: async (url, init) => {
      const request = { url, init, headers: new Headers(init.headers), signal: init.signal as AbortSignal }
      requests.push(request)
      return answer(request, requests.length - 1)
    },
  }
}

/** Answers nothing until its signal says so, as a good transport does. */
export const silent = ({ signal }: SentRequest): Promise<Response> =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
