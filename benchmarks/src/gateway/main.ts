// `npm run bench:gateway`: CPU, throughput and first bytes of gateways, side by side in one run.
import { startGateway, startOwn, startPortkey } from "./contestants.ts"
import type { Contestant } from "./contestants.ts"
import { bodies, load } from "./load.ts"
import type { Load } from "./load.ts"

const rounds = 3
const kinds = {
  "1 kB JSON": { body: bodies.json, amount: { count: 4_000, connections: 32, single: 300 } },
  "51 events, at once": { body: bodies.stream, amount: { count: 1_500, connections: 32, single: 200 } },
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const upstream = await startOwn("upstream", "./upstream.ts")
const contestants: Contestant[] = []
try {
  contestants.push(await startOwn("node:http → undici", "./floor.ts", upstream.origin))
  contestants.push(await startGateway(upstream.origin))
  contestants.push(await startPortkey(upstream.origin))
  for (const [kind, { body, amount }] of Object.entries(kinds)) {
    const figures = new Map<string, Load[]>(contestants.map(({ name }) => [name, []]))
    for (let round = 0; round < rounds; round++)
      for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed())
        figures.get(contestant.name)!.push(await load(contestant, body, amount))
    print(kind, figures)
  }
} finally {
  for (const { stop } of [...contestants, upstream]) stop()
}

/** Medians over the rounds; the first contestant is the floor. */
function print(kind: string, figures: ReadonlyMap<string, readonly Load[]>): void {
  const middle = (loads: readonly Load[], of: (load: Load) => number): number => median(loads.map(of))
  const floor = middle(figures.values().next().value ?? [], (each) => each.cpuMicroseconds)
  console.log(`\n${kind}, medians of ${rounds} rounds`)
  console.table(
    Object.fromEntries(
      [...figures].map(([name, loads]) => {
        const cpu = middle(loads, (each) => each.cpuMicroseconds)
        return [
          name,
          {
            "CPU µs": Math.round(cpu),
            "× floor": Number((cpu / floor).toFixed(2)),
            "per second": Math.round(middle(loads, (each) => each.perSecond)),
            "first byte p50 ms": Number(middle(loads, (each) => each.firstByteMs.p50).toFixed(2)),
            "p99 ms": Number(middle(loads, (each) => each.firstByteMs.p99).toFixed(2)),
          },
        ]
      }),
    ),
  )
}
