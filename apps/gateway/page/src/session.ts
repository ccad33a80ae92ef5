import { useCallback, useEffect, useState } from "preact/hooks"
import type { ActionRequest, ActionResult, SessionStatus } from "../../src/status/action.ts"

/** Who is in front of the page, and what they may do. */
export interface Session {
  /** `undefined` until the gateway has said. */
  readonly state: SessionStatus | undefined
  /** @throws Error with the gateway's sentence */
  logIn(token: string): Promise<void>
  /**
   * @returns what was done, in words
   * @throws Error with the gateway's sentence
   */
  act(request: ActionRequest): Promise<string>
}

export function useSession(): Session {
  const [state, setState] = useState<SessionStatus>()
  const csrf = state?.csrf ?? undefined

  useEffect(() => {
    void fetch("/status/session")
      .then((response) => read<SessionStatus>(response))
      .then(setState, () => {})
  }, [])

  const logIn = useCallback(async (token: string) => {
    setState(await read<SessionStatus>(await post("/status/session", { token })))
  }, [])
  const act = useCallback(
    async (request: ActionRequest) => {
      const headers = csrf === undefined ? {} : { "x-csrf-token": csrf }
      return (await read<ActionResult>(await post("/status/actions", request, headers))).message
    },
    [csrf],
  )
  return { state, logIn, act }
}

const post = (
  path: string,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> =>
  fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  })

async function read<T>(response: Response): Promise<T> {
  const body = (await response.json()) as T & { readonly error?: { readonly message?: string } }
  if (!response.ok) throw new Error(body.error?.message ?? `The gateway answered ${response.status}.`)
  return body
}
