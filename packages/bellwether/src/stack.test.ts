import type { Plugin } from "@bellwether/core"
import { describe, expect, test } from "vitest"
import { withPlugins } from "./stack.ts"

const plugin = (name: string, inside?: readonly string[]): Plugin => ({
  name,
  ...(inside !== undefined && { inside }),
  setup: () => {},
})

const stack = ["metrics", "retry", "router"].map((name) => plugin(name))
const namesOf = (further: readonly Plugin[]): string =>
  withPlugins(stack, further)
    .map(({ name }) => name)
    .join(" ")

describe("where further plugins stand in the default stack", () => {
  test.for([
    ["nothing changes without any", [], "metrics retry router"],
    ["one that says nothing stands outermost", [plugin("cache")], "cache metrics retry router"],
    ["one stands just inside of what it names", [plugin("hedge", ["retry"])], "metrics retry hedge router"],
    ["and inside of all it names", [plugin("hedge", ["retry", "metrics"])], "metrics retry hedge router"],
    ["a name that is not there is no reason", [plugin("hedge", ["quota"])], "hedge metrics retry router"],
    ["those outermost keep their order", [plugin("a"), plugin("b")], "a b metrics retry router"],
    [
      "those in one place keep their order",
      [plugin("a", ["retry"]), plugin("b", ["retry"])],
      "metrics retry a b router",
    ],
    [
      "one that names a further one follows it",
      [plugin("hedge", ["retry"]), plugin("resume", ["hedge"])],
      "metrics retry hedge resume router",
    ],
    [
      "one that names a further one outermost follows it there",
      [plugin("quota"), plugin("otel"), plugin("audit", ["quota"])],
      "quota otel audit metrics retry router",
    ],
  ] as const)("%s", ([, further, expected]) => {
    expect(namesOf(further)).toBe(expected)
  })
})
