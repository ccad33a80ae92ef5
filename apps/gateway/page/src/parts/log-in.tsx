import { useState } from "preact/hooks"
import { useTexts } from "../language.ts"
import type { Session } from "../session.ts"

/** Asks for the token; says why where there is none to ask for. */
export function LogIn({ session }: { readonly session: Session }) {
  const texts = useTexts()
  const [token, setToken] = useState("")
  const [fault, setFault] = useState<string>()
  if (session.state?.hasToken === false) return <p class="notice">{texts.notReadable}</p>

  async function logIn(event: Event): Promise<void> {
    event.preventDefault()
    try {
      await session.logIn(token)
      setToken("")
      setFault(undefined)
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <form class="log-in" onSubmit={(event) => void logIn(event)}>
      {session.state?.mayRead === false && <p>{texts.logInToRead}</p>}
      <input type="text" autocomplete="username" value="operator" hidden readOnly />
      <label>
        {texts.token}{" "}
        <input
          type="password"
          autocomplete="current-password"
          required
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
      </label>
      <button type="submit" class="main">
        {texts.logIn}
      </button>
      {fault !== undefined && (
        <p role="alert" lang="en">
          {fault}
        </p>
      )}
    </form>
  )
}
