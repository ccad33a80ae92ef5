import { soakRouting } from "./routing.ts"
const [calls, perSecond, troubles, seed] = process.argv.slice(2).map(Number)
for (const strategy of ["p2c","least-busy"] as const)
console.log(strategy, JSON.stringify(await soakRouting({ strategy, calls: calls!, perSecond: perSecond!, troubles: troubles!, seed: seed! })))
