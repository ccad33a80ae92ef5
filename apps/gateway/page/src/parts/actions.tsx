import { useId, useState } from "preact/hooks"
import { actionNames } from "../../../src/status/action.ts"
import type { ActionName } from "../../../src/status/action.ts"
import { useTexts } from "../language.ts"
import type { Session } from "../session.ts"

interface Props {
  readonly endpoint: string
  readonly target: string
  readonly session: Session
}

/** What can be done with a key: chosen, confirmed, and its result told. */
export function Actions({ endpoint, target: key, session }: Props) {
  const texts = useTexts()
  const id = useId()
  const [asked, setAsked] = useState<ActionName>()
  const [told, setTold] = useState<string>()
  const target = `${endpoint}/${key}`

  async function act(action: ActionName): Promise<void> {
    setAsked(undefined)
    try {
      setTold(await session.act({ action, endpoint, key }))
    } catch (error) {
      setTold(error instanceof Error ? error.message : String(error))
    }
  }

  return (
    <div class="actions">
      <button type="button" popovertarget={id} aria-label={texts.actionsOf(target)}>
        ⋯
      </button>
      <div id={id} popover="auto" class="menu">
        <p class="small quiet">{target}</p>
        {asked === undefined &&
          actionNames.map((action) => (
            <button key={action} type="button" onClick={() => setAsked(action)}>
              {texts.actions[action]}
            </button>
          ))}
        {asked !== undefined && (
          <>
            <p>{texts.sure[asked](target)}</p>
            <div class="choices">
              <button type="button" class="main" onClick={() => void act(asked)}>
                {texts.yes}
              </button>
              <button type="button" onClick={() => setAsked(undefined)}>
                {texts.no}
              </button>
            </div>
          </>
        )}
        <p role="status" class="small" lang="en">
          {told}
        </p>
      </div>
    </div>
  )
}
