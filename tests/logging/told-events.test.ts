import * as breaker from "@bellwether/circuit-breaker"
import * as core from "@bellwether/core"
import type { EventType, Plugin, Services } from "@bellwether/core"
import * as cost from "@bellwether/cost"
import * as fallback from "@bellwether/fallback"
import * as health from "@bellwether/health"
import * as hedge from "@bellwether/hedge"
import * as logging from "@bellwether/logging"
import * as quota from "@bellwether/quota"
import * as rateLimit from "@bellwether/rate-limit"
import * as resume from "@bellwether/resume"
import * as retry from "@bellwether/retry"
import * as router from "@bellwether/router"
import { expect, test } from "vitest"

const packages = [
  breaker,
  core,
  cost,
  fallback,
  health,
  hedge,
  logging,
  quota,
  rateLimit,
  resume,
  retry,
  router,
]

/** Told by others that are told: beginnings by ends, costs by whoever reports them. */
const untold = ["call-started", "attempt-started", "attempt-committed", "call-costed"]

const isEvent = (value: unknown): value is EventType<unknown> =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "name"

test("every event of ours has a line, and every line an event", () => {
  const events = packages.flatMap((names) => Object.values<unknown>(names).filter(isEvent))
  const heard: string[] = []
  const plugin: Plugin = logging.logging({ logger: console, level: "debug" })
  const on: Services["on"] = ({ name }) => (heard.push(name), () => {})
  plugin.setup({ on, signal: new AbortController().signal } as Services)
  const names = new Set(events.map(({ name }) => name))
  expect(heard.toSorted()).toEqual([...names].filter((name) => !untold.includes(name)).toSorted())
})
