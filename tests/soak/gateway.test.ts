import { describe, expect, test } from "vitest"
import { soakGatewayOutage, soakGatewayShutdown } from "./gateway.ts"

const plan = { callers: 20, turns: 4, tokensPerSecond: 20 }

describe("a gateway under load", () => {
  test("loses no call when a provider is killed, and uses it again when it is back", async () => {
    const { lost, told, answersAfterwards } = await soakGatewayOutage(plan)
    expect(lost).toBe(0)
    expect(told).toBeLessThan(plan.callers)
    expect(answersAfterwards).toBeGreaterThan(0)
  })

  test("loses no call at its end", async () => {
    const { lost, refused, exitCode } = await soakGatewayShutdown(plan)
    expect({ lost, exitCode }).toEqual({ lost: 0, exitCode: 0 })
    expect(refused).toBeGreaterThan(0)
  })
})
