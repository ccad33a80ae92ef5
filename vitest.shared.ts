import { defineProject, type UserWorkspaceConfig } from "vitest/config"

/** The test configuration of one workspace: its name, and packages resolved to their source. */
export const tests = (name: string): UserWorkspaceConfig =>
  defineProject({
    // Node's own conditions and ours: under "module", which Node does not know, packages hide code for bundlers.
    ssr: { resolve: { conditions: ["@bellwether/source", "node"] } },
    // Generous, for a loaded machine: no test waits for real time to pass.
    test: { name, testTimeout: 30_000, hookTimeout: 30_000 },
  })
