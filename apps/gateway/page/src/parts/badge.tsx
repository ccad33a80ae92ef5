/** Moods have a sign of their own each, so that nobody needs to see colours. */
const signs = { good: "●", fair: "◐", bad: "✕", neutral: "○" }

export type Mood = keyof typeof signs

/** A state in a word. */
export const Badge = ({ mood, word }: { readonly mood: Mood; readonly word: string }) => (
  <span class={`badge ${mood}`}>
    <span aria-hidden="true">{signs[mood]}</span> {word}
  </span>
)

/** The mood of availability and of health. */
export const moods: Readonly<
  Record<"available" | "healthy" | "degraded" | "unavailable" | "unhealthy", Mood>
> = { available: "good", healthy: "good", degraded: "fair", unavailable: "bad", unhealthy: "bad" }

/** The mood of circuits. */
export const circuitMoods: Readonly<Record<"closed" | "half-open" | "open" | "forced-open", Mood>> = {
  closed: "good",
  "half-open": "fair",
  open: "bad",
  "forced-open": "bad",
}
