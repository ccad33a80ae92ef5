import type { Scenario } from "./scenario.ts"
import type { Fault } from "./weather.ts"

const status = (code: number, retryAfterSeconds?: number): Fault => ({
  kind: "status",
  status: code,
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
})

/** The outages others were simulated in, and some more that have happened to users. */
export const scenarios = [
  { label: "503", minutes: 15, fault: status(503) },
  { label: "503, /models answers", minutes: 15, fault: status(503), extent: { sparesModels: true } },
  { label: "black hole", minutes: 15, fault: { kind: "silence" } },
  { label: "stall of 30 s", minutes: 15, fault: { kind: "delay", ms: 30_000 } },
  { label: "401", minutes: 10, fault: status(401) },
  // Where nobody paces, all whom it has asked to wait come at once.
  {
    label: "503, backup takes a third",
    minutes: 15,
    fault: status(503),
    backupShare: 1 / 3,
    mostLoad: 2,
    options: { rateLimit: false },
  },
  { label: "the same with rate limits", minutes: 15, fault: status(503), backupShare: 1 / 3 },
  { label: "503 from both", minutes: 5, fault: status(503), strikesBackup: true },
  {
    label: "30 % of streams cut",
    minutes: 15,
    fault: { kind: "cut" },
    extent: { share: 0.3 },
    options: { resume: true },
  },
  { label: "tokens 8 times slower", minutes: 15, fault: { kind: "slow", factor: 8 } },
  { label: "the same in one tier", minutes: 15, fault: { kind: "slow", factor: 8 }, isOneTier: true },
  { label: "30 s up, 30 s down", minutes: 15, fault: status(503), extent: { flapMs: 30_000 } },
  { label: "429 for 70 %", minutes: 15, fault: status(429, 5), extent: { share: 0.7, sparesModels: true } },
  { label: "404 for one of two models", minutes: 15, fault: status(404), extent: { model: "n" } },
  // Nobody else is asked: by the failure table a 400 is the caller's fault.
  {
    label: "400 for one of two models",
    minutes: 15,
    fault: status(400),
    extent: { model: "n" },
    answerable: 0.5,
  },
  { label: "500 for 25 %", minutes: 15, fault: status(500), extent: { share: 0.25 } },
  { label: "503 from both for long", minutes: 15, fault: status(503), strikesBackup: true },
] as const satisfies readonly Scenario[]

export type ScenarioLabel = (typeof scenarios)[number]["label"]
