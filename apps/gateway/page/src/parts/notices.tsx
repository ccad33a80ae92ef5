import type { Status } from "../../../src/status/status.ts"
import type { Format } from "../format.ts"
import { useTexts } from "../language.ts"

/** What the operator should know of the gateway itself. */
export function Notices({ status, format }: { readonly status: Status; readonly format: Format }) {
  const texts = useTexts()
  const { isDemo, config } = status.process
  return (
    <>
      {isDemo && <p class="notice">{texts.demo}</p>}
      {config.restartFor.length > 0 && <p class="notice">{texts.restartFor(config.restartFor.join(", "))}</p>}
      {config.error !== null && (
        <div class="notice bad" role="alert">
          <p>
            {texts.configError} ({format.clock(config.error.atMs)})
          </p>
          <pre lang="en">{config.error.message}</pre>
        </div>
      )}
    </>
  )
}
