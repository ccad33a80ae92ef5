import { defaultServerConditions } from "vite"
import { defineProject, type UserWorkspaceConfig } from "vitest/config"

/** The test configuration of one workspace: its name, and packages resolved to their source. */
export const tests = (name: string): UserWorkspaceConfig =>
  defineProject({
    ssr: { resolve: { conditions: ["@bellwether/source", ...defaultServerConditions] } },
    // Generous, for a loaded machine: no test waits for real time to pass.
    test: { name, testTimeout: 30_000, hookTimeout: 30_000 },
  })
