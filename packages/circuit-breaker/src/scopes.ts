import { covers } from "@bellwether/core"
import type { Scope, Target } from "@bellwether/core"

/** Equal for scopes that are. */
export function keyOf({ endpoint, key, model }: Scope): string {
  return JSON.stringify([endpoint, key ?? null, model ?? null])
}

/** Whether one scope is the other or holds all of it. */
export function includes(outer: Scope, inner: Scope): boolean {
  return (
    outer.endpoint === inner.endpoint &&
    (outer.key === undefined || outer.key === inner.key) &&
    (outer.model === undefined || outer.model === inner.model)
  )
}

export function isSame(one: Scope, other: Scope): boolean {
  return includes(one, other) && includes(other, one)
}

/** The targets a scope speaks of, or of some of their models. */
export function targetsIn(scope: Scope, targets: readonly Target[]): readonly Target[] {
  return targets.filter(({ endpoint, key }) => covers(scope, endpoint, key, scope.model))
}

/** A scope in a sentence. */
export function nameOf({ endpoint, key, model }: Scope): string {
  const target = key === undefined ? endpoint : `${endpoint}/${key}`
  return model === undefined ? target : `${target} for ${model}`
}
