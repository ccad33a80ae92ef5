import { defineProject, type UserWorkspaceConfig } from "vitest/config"
import { defaultServerConditions } from "vite"

/** The test configuration of one workspace: its name, and packages resolved to their source. */
export const tests = (name: string): UserWorkspaceConfig =>
  defineProject({
    ssr: { resolve: { conditions: ["@bellwether/source", ...defaultServerConditions] } },
    test: { name, include: ["{src,.}/**/*.test.ts"], environment: "node" },
  })
