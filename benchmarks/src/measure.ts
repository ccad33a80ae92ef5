/** One contestant: does its thing `count` times. */
export type Contestant = (count: number) => Promise<unknown>

/** What one contestant needed for one turn, in nanoseconds: the medians over all rounds. */
export interface Figure {
  readonly name: string
  readonly wallNs: number
  readonly cpuNs: number
  /** Wall time beside the first contestant's, round by round; the median of that. */
  readonly ratio: number
  /** CPU time of the best round: what others do on the machine can only add to it. */
  readonly leastCpuNs: number
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

async function once(contestant: Contestant, count: number): Promise<{ wallNs: number; cpuNs: number }> {
  const cpu = process.cpuUsage()
  const begin = process.hrtime.bigint()
  await contestant(count)
  const wallNs = Number(process.hrtime.bigint() - begin) / count
  const { user, system } = process.cpuUsage(cpu)
  return { wallNs, cpuNs: ((user + system) * 1000) / count }
}

/** Runs all contestants in turn, several rounds, so that the machine's moods meet all of them alike. */
export async function measure(
  contestants: Readonly<Record<string, Contestant>>,
  { count, rounds = 9 }: { readonly count: number; readonly rounds?: number },
): Promise<readonly Figure[]> {
  const names = Object.keys(contestants)
  const runs = new Map<string, { wallNs: number; cpuNs: number }[]>(names.map((name) => [name, []]))
  for (const contestant of Object.values(contestants)) await contestant(count)
  for (let round = 0; round < rounds; round++)
    for (const name of round % 2 === 0 ? names : names.toReversed())
      runs.get(name)!.push(await once(contestants[name]!, count))
  const first = runs.get(names[0]!)!
  return names.map((name) => {
    const own = runs.get(name)!
    return {
      name,
      wallNs: median(own.map(({ wallNs }) => wallNs)),
      cpuNs: median(own.map(({ cpuNs }) => cpuNs)),
      ratio: median(own.map(({ wallNs }, round) => wallNs / first[round]!.wallNs)),
      leastCpuNs: Math.min(...own.map(({ cpuNs }) => cpuNs)),
    }
  })
}

/** Prints figures as a table, in the unit that fits. */
export function print(title: string, figures: readonly Figure[], unit: "ns" | "µs" = "µs"): void {
  const scale = unit === "ns" ? 1 : 1000
  const shown = (ns: number): string => (ns / scale).toFixed(unit === "ns" ? 0 : 2).padStart(10)
  const width = Math.max(...figures.map(({ name }) => name.length))
  console.log(`\n${title}`)
  console.log(
    `${"".padEnd(width)}  ${`wall ${unit}`.padStart(10)}  ${`cpu ${unit}`.padStart(10)}  ${"× first".padStart(8)}`,
  )
  for (const { name, wallNs, cpuNs, ratio } of figures)
    console.log(`${name.padEnd(width)}  ${shown(wallNs)}  ${shown(cpuNs)}  ${ratio.toFixed(2).padStart(8)}`)
}

/** Prints what each needs on top of the first: CPU time, of the best rounds, for differences this small. */
export function printExtra(title: string, figures: readonly Figure[]): void {
  const width = Math.max(...figures.map(({ name }) => name.length))
  const firstNs = figures[0]!.leastCpuNs
  console.log(`\n${title}`)
  console.log(
    `${"".padEnd(width)}  ${"cpu µs".padStart(10)}  ${"extra µs".padStart(10)}  ${"× first".padStart(8)}`,
  )
  for (const { name, leastCpuNs } of figures) {
    const shown = [leastCpuNs, leastCpuNs - firstNs].map((ns) => (ns / 1_000).toFixed(2).padStart(10))
    console.log(
      `${name.padEnd(width)}  ${shown.join("  ")}  ${(leastCpuNs / firstNs).toFixed(3).padStart(8)}`,
    )
  }
}
