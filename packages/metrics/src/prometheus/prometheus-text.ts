import type { MetricFamily, MetricSample } from "./family.ts"

/** The `content-type` that {@link prometheusText} is served with. */
export const prometheusContentType = "text/plain; version=0.0.4; charset=utf-8"

/**
 * Writes metrics as Prometheus reads them. Families of one name are put together, so that several pipelines can stand
 * on one page if their labels tell them apart.
 *
 * Source: Prometheus, "Exposition formats", text format 0.0.4.
 */
export function prometheusText(families: readonly MetricFamily[]): string {
  return [...joined(families).values()].map(paragraph).join("")
}

function joined(families: readonly MetricFamily[]): ReadonlyMap<string, MetricFamily> {
  const byName = new Map<string, MetricFamily>()
  for (const family of families) {
    const known = byName.get(family.name)
    byName.set(family.name, known ? { ...known, samples: [...known.samples, ...family.samples] } : family)
  }
  return byName
}

function paragraph({ name, type, help, samples }: MetricFamily): string {
  if (samples.length === 0) return ""
  const head = `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`
  return head + samples.map((sample) => line(name, sample)).join("")
}

function line(name: string, { suffix = "", labels, value }: MetricSample): string {
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`,
  )
  const braces = pairs.length === 0 ? "" : `{${pairs.join(",")}}`
  return `${name}${suffix}${braces} ${written(value)}\n`
}

/** Half a surrogate pair is no character, and so nothing that can be written. */
const escaped = (text: string): string => text.toWellFormed().replaceAll("\\", "\\\\").replaceAll("\n", "\\n")

const written = (value: number): string =>
  Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? "+Inf" : "-Inf"
