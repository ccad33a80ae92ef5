import { useEffect, useLayoutEffect, useMemo } from "preact/hooks"
import { createFormat } from "./format.ts"
import { useKeptChoice } from "./kept-choice.ts"
import { LanguageContext, languages, preferredLanguage } from "./language.ts"
import type { Language } from "./language.ts"
import { useLive } from "./live.ts"
import { Callers } from "./parts/callers.tsx"
import { Cost } from "./parts/cost.tsx"
import { Course } from "./parts/course.tsx"
import { Endpoints } from "./parts/endpoints.tsx"
import { Failures } from "./parts/failures.tsx"
import { Header } from "./parts/header.tsx"
import { LogIn } from "./parts/log-in.tsx"
import { Notices } from "./parts/notices.tsx"
import { Quotas } from "./parts/quotas.tsx"
import { Recent } from "./parts/recent.tsx"
import { Troubles } from "./parts/troubles.tsx"
import { useSession } from "./session.ts"

const themes = ["system", "light", "dark"] as const
export type Theme = (typeof themes)[number]

/** The whole page. */
export function App() {
  const [language, setLanguage] = useKeptChoice(
    "bellwether-language",
    Object.keys(languages) as Language[],
    preferredLanguage,
  )
  const [theme, setTheme] = useKeptChoice("bellwether-theme", themes, "system")
  const session = useSession()
  const { status, connection } = useLive(session.state?.csrf)
  const texts = languages[language]
  const format = useMemo(() => createFormat(language), [language])

  useEffect(() => {
    document.documentElement.lang = language
    document.title = `${texts.title} · Bellwether`
  }, [language, texts])
  // Before the charts are drawn, which read the colours.
  useLayoutEffect(() => {
    document.documentElement.dataset["theme"] = theme
  }, [theme])

  const mayRead = session.state?.mayRead ?? true
  const choices = { theme, themes, setTheme, language, setLanguage }
  return (
    <LanguageContext.Provider value={language}>
      <Header connection={mayRead ? connection : undefined} status={status} choices={choices} />
      <main>
        {!mayRead && <LogIn session={session} />}
        {mayRead && status !== undefined && (
          <>
            <Notices status={status} format={format} />
            <Recent status={status} format={format} />
            <Endpoints status={status} format={format} session={session} />
            <Course history={status.history} theme={theme} format={format} />
            <div class="columns">
              <Failures endpoints={status.endpoints} format={format} />
              <Quotas status={status} format={format} />
              <Callers status={status} format={format} />
              <Cost cost={status.cost} format={format} nowMs={status.nowMs} />
            </div>
            <Troubles calls={status.troubles} format={format} />
          </>
        )}
      </main>
    </LanguageContext.Provider>
  )
}
