import { when } from "./finding.ts"
import type { Finding, Search, Subject } from "./finding.ts"
import { overlap } from "./model-pattern.ts"

/** Models that are spoken of but served by nobody. */
export const models: Search = (subject) => [...ofFallback(subject), ...ofCallers(subject)]

function ofFallback({ options: { fallback = {} }, targets }: Subject): readonly Finding[] {
  return (["models", "longerContext"] as const).flatMap((kind) =>
    Object.entries(fallback[kind] ?? {}).flatMap(([model, chain]) =>
      chain.flatMap((next, place) =>
        when(
          !isServed(next, targets),
          `fallback.${kind}[${JSON.stringify(model)}][${place}]`,
          `is ${next}, which no endpoint serves: add it to the \`serves\` of one.`,
        ),
      ),
    ),
  )
}

function ofCallers({ gateway: { keys = [] }, targets }: Subject): readonly Finding[] {
  return keys.flatMap(({ models: allowed = [] }, key) =>
    allowed.flatMap((name, place) =>
      when(
        !isServed(name, targets),
        `gateway.keys[${key}].models[${place}]`,
        `is ${name}, which no endpoint serves: whoever asks for it gets a 404.`,
      ),
    ),
  )
}

/** Whether some model of this name, or that begins like it (`claude-*`), is served. */
const isServed = (name: string, targets: Subject["targets"]): boolean =>
  targets.some(({ serves }) => serves?.some((pattern) => overlap(pattern, name)) ?? true)
