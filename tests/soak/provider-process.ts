import { startHostileProvider } from "@bellwether/testing"
import { steppedClock } from "./stepped-clock.ts"
import type { Order } from "./remote-provider.ts"

// A provider in a process of its own, which says one piece of each of its answers when it is told to.

const [, , saying = ""] = process.argv
const clock = steppedClock()
const provider = await startHostileProvider({
  answer: () => saying,
  clock,
  tokensPerSecond: 1,
  logLimit: 1,
})

async function follow(order: Order): Promise<void> {
  if (order.name === "gather") await clock.sleeping(order.answers)
  else if (order.name === "speak") clock.step()
  // Node keeps connections for a while.
  else await provider.until(({ openSockets }) => openSockets === 0)
  process.send?.(provider.openSockets)
}

process.on("message", (order: Order) => void follow(order))
process.once("disconnect", () => process.exit())
process.send?.(provider.baseURL)
