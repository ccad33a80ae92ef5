// Runs turbo without telemetry: `node scripts/turbo.ts run build`.
import { spawnSync } from "node:child_process"

/** @returns the exit code of turbo */
export function turbo(...argv: readonly string[]): number {
  const { status, error } = spawnSync("turbo", argv, {
    env: { ...process.env, DO_NOT_TRACK: "1", TURBO_TELEMETRY_DISABLED: "1" },
    shell: process.platform === "win32",
    stdio: "inherit",
  })
  if (error) throw error
  return status ?? 1
}

if (import.meta.main) process.exitCode = turbo(...process.argv.slice(2))
