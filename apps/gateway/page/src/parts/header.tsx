import type { Status } from "../../../src/status/status.ts"
import type { Theme } from "../app.tsx"
import { languages, useTexts } from "../language.ts"
import type { Language } from "../language.ts"
import type { Live } from "../live.ts"
import type { Texts } from "../texts.ts"
import icon from "../icon.svg"

/** What the reader has chosen, and how to choose anew. */
export interface Choices {
  readonly theme: Theme
  readonly themes: readonly Theme[]
  setTheme(theme: Theme): void
  readonly language: Language
  setLanguage(language: Language): void
}

interface Props {
  /** `undefined` where nothing may be read. */
  readonly connection: Live["connection"] | undefined
  readonly status: Status | undefined
  readonly choices: Choices
}

/** The name, how things are in one sentence, and the reader's choices. */
export function Header({ connection, status, choices }: Props) {
  const texts = useTexts()
  return (
    <header class="top">
      <h1>
        <img src={icon} alt="" width="28" height="28" />
        Bellwether <span class="quiet">{texts.title}</span>
      </h1>
      <div class="choices">
        {connection !== undefined && (
          <span class={`connection ${connection}`}>{connection === "lost" ? "" : texts[connection]}</span>
        )}
        <label>
          <span class="unseen">{texts.languageLabel}</span>
          <select
            value={choices.language}
            onChange={({ currentTarget }) => choices.setLanguage(currentTarget.value as Language)}
          >
            {Object.entries(languages).map(([name, { language }]) => (
              <option key={name} value={name} lang={name}>
                {language}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="unseen">{texts.themeLabel}</span>
          <select
            value={choices.theme}
            onChange={({ currentTarget }) => choices.setTheme(currentTarget.value as Theme)}
          >
            {choices.themes.map((theme) => (
              <option key={theme} value={theme}>
                {texts.theme[theme]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {status !== undefined && connection !== undefined && (
        <p class={`overall ${connection === "lost" ? "unavailable" : mood(status)}`} role="status">
          {connection === "lost" ? texts.lost : overall(status, texts)}
        </p>
      )}
    </header>
  )
}

const idsOf = ({ endpoints }: Status, wanted: "degraded" | "unavailable"): string =>
  endpoints
    .filter(({ availability }) => availability === wanted)
    .map(({ id }) => id)
    .join(", ")

function mood(status: Status): "available" | "degraded" | "unavailable" {
  if (status.endpoints.every(({ availability }) => availability === "unavailable")) return "unavailable"
  const isGood = status.endpoints.every(({ availability }) => availability === "available")
  return isGood && !status.process.isClosing ? "available" : "degraded"
}

function overall(status: Status, { overall: say }: Texts): string {
  if (status.process.isClosing) return say.closing
  if (mood(status) === "unavailable") return say.none
  const out = idsOf(status, "unavailable")
  if (out !== "") return say.some(out)
  const limping = idsOf(status, "degraded")
  return limping === "" ? say.good : say.limping(limping)
}
