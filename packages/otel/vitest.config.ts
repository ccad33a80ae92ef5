import { defaultServerConditions } from "vite"
import { tests } from "../../vitest.shared.ts"

const shared = tests("otel")

/** As Node resolves it: what OpenTelemetry offers to bundlers (`module`) is nothing Node can load. */
const conditions = defaultServerConditions.filter((condition) => condition !== "module")

export default { ...shared, ssr: { resolve: { conditions: ["@bellwether/source", ...conditions] } } }
