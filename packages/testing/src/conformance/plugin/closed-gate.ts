import type { Plugin, Verdict } from "@bellwether/core"

/** Keeps every target shut until a time, in monotonic milliseconds. */
export const closedGate = (untilMs: number): Plugin => ({
  name: "conformance-gate",
  setup({ clock }) {
    const verdict = (): Verdict =>
      clock.now() < untilMs
        ? { status: "unavailable", untilMs, reason: "the suite keeps it shut" }
        : { status: "available" }
    return { admit: { peek: verdict, take: verdict } }
  },
})
