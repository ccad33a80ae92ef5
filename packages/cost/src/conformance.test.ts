import { testPlugin } from "@bellwether/testing"
import { calcPrice } from "@pydantic/genai-prices"
import { test } from "vitest"
import { cost, genaiPrices } from "./index.ts"

testPlugin("cost", () => cost({ prices: genaiPrices(calcPrice) }), test)
