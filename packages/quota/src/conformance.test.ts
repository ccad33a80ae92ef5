import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { quota } from "./quota.ts"

const budgets = [
  { limit: { requests: 100_000 }, per: "day" },
  { limit: { tokens: 100_000_000 }, per: "month", scope: "tag" },
  { limit: { requests: 20 }, per: "minute", scope: "key" },
  { limit: { requests: 100_000 }, per: "hour", scope: "model", onExceed: "route" },
  { limit: { usd: 1 }, per: "hour", scope: "endpoint", onExceed: "warn" },
] as const

// What was spent of a budget of one's own is spent, whichever key it was spent with.
testPlugin("quota of budgets", () => quota({ budgets }), test, {
  except: ["what it has learnt of targets says nothing of others with another key"],
})

// A question for usage is a request of its own, which shifts the ids a provider counts its answers by.
testPlugin("quota of providers", () => quota({ usage: { primary: "daily" } }), test, {
  except: [
    "an answer that is well stays as it is, to the byte, and comes no later",
    "a stream is handed on to the byte, and each piece when it comes",
    "a call that is well is sent once, and as the caller wrote it",
  ],
})
