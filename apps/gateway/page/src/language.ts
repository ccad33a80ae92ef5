import { createContext } from "preact"
import { useContext } from "preact/hooks"
import { chinese } from "./chinese.ts"
import { english } from "./english.ts"
import type { Texts } from "./texts.ts"

export const languages = { en: english, zh: chinese }

export type Language = keyof typeof languages

/** What the browser asks for. */
export const preferredLanguage: Language = navigator.languages.some((tag) => tag.startsWith("zh"))
  ? "zh"
  : "en"

export const LanguageContext = createContext<Language>("en")

export const useLanguage = (): Language => useContext(LanguageContext)

export const useTexts = (): Texts => languages[useLanguage()]
