import type { Places } from "./plugin.ts"
import type { Target } from "./target.ts"

/** The stack of a pipeline in words, from the outside in. */
export function describeStack(
  installed: readonly { readonly source: string; readonly places: Places }[],
  targets: readonly Target[],
): string {
  const holders = (place: keyof Places): string =>
    installed
      .filter(({ places }) => places[place] !== undefined)
      .map(({ source }) => source)
      .join(" → ") || "(none)"
  const positioned: (keyof Places)[] = ["call", "attempt", "admit"]
  const watching = installed.filter(({ places }) => positioned.every((place) => places[place] === undefined))
  return [
    `call       ${holders("call")}`,
    `admission  ${holders("admit")}`,
    `attempt    ${holders("attempt")}`,
    `watching   ${watching.map(({ source }) => source).join(", ") || "(none)"}`,
    `targets    ${targets.map(({ id, tier }) => `${id} (tier ${tier})`).join(", ")}`,
  ].join("\n")
}
