import { useEffect, useRef } from "preact/hooks"
import UPlot from "uplot"
import "uplot/dist/uPlot.min.css"
import type { Theme } from "../app.tsx"
import type { Format } from "../format.ts"
import { useLanguage, useTexts } from "../language.ts"

/** One line of a chart. */
export interface Line {
  readonly name: string
  readonly values: readonly (number | null)[]
  /** A colour of the style sheet: `--accent`, `--line-1`, … */
  readonly color: string
}

interface Props {
  readonly title: string
  readonly atMs: readonly number[]
  readonly lines: readonly Line[]
  readonly unit: "count" | "duration"
  readonly theme: Theme
  readonly format: Format
}

const heightPx = 180

/** Seconds that fit into a chart, the newest at its end. */
const windowSeconds = 600

/** Lines over time; below them the same as a table, for those who cannot see lines. */
export function Chart({ title, atMs, lines, unit, theme, format }: Props) {
  const { labels } = useTexts()
  const language = useLanguage()
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot>(undefined)
  const shown = format[unit]
  const data: UPlot.AlignedData = [atMs.map((ms) => ms / 1_000), ...lines.map(({ values }) => [...values])]
  const names = lines.map(({ name }) => name).join("\n")

  useEffect(() => {
    const element = place.current
    if (element === null) return
    const draw = (): void => {
      plot.current?.destroy()
      plot.current = new UPlot(options(element.clientWidth, lines, shown, language), data, element)
    }
    draw()
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: heightPx }),
    )
    resized.observe(element)
    const dark = matchMedia("(prefers-color-scheme: dark)")
    dark.addEventListener("change", draw)
    return () => {
      resized.disconnect()
      dark.removeEventListener("change", draw)
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [names, unit, theme, language])
  useEffect(() => plot.current?.setData(data), [atMs, lines])

  return (
    <figure>
      <figcaption>{title}</figcaption>
      <div ref={place} aria-hidden="true" />
      <details>
        <summary class="small quiet">{labels.asTable}</summary>
        <div class="scroll" tabIndex={0}>
          <table>
            <caption class="unseen">{title}</caption>
            <thead>
              <tr>
                <th scope="col">{labels.time}</th>
                {lines.map(({ name }) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {atMs.toReversed().map((ms, back) => (
                <tr key={ms}>
                  <th scope="row">{format.clock(ms)}</th>
                  {lines.map(({ name, values }) => {
                    const value = values[atMs.length - 1 - back] ?? null
                    return <td key={name}>{value === null ? "–" : shown(value)}</td>
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  )
}

function options(
  width: number,
  lines: readonly Line[],
  shown: (value: number) => string,
  language: string,
): UPlot.Options {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const axis = { stroke: color("quiet"), grid: { stroke: color("edge"), width: 1 }, ticks: { show: false } }
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" })
  return {
    width,
    height: heightPx,
    legend: { live: false },
    cursor: { show: false },
    scales: {
      x: { range: (_, __, newest) => [newest - windowSeconds, newest] },
      y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] },
    },
    axes: [
      {
        ...axis,
        incrs: [120, 300],
        values: (_, seconds) => seconds.map((second) => time.format(second * 1_000)),
      },
      { ...axis, size: 64, values: (_, values) => values.map((value) => shown(value)) },
    ],
    series: [
      {},
      ...lines.map((line) => ({
        label: line.name,
        stroke: color(line.color),
        width: 2,
        points: { show: false },
        spanGaps: true,
      })),
    ],
  }
}
