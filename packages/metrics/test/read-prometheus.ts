/** One line of the text format, read back. */
export interface ReadSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const samplePattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/s
const labelPattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"(?:,|$)/gsy

const escapes: Readonly<Record<string, string>> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" }

/**
 * Reads the text format of Prometheus, as strictly as Prometheus does.
 *
 * @throws Error for a line that is none
 */
export function readPrometheus(text: string): readonly ReadSample[] {
  if (text !== "" && !text.endsWith("\n")) throw new Error("The last line has no end.")
  const lines = text.split("\n").slice(0, -1)
  return lines.filter((line) => !/^# (HELP|TYPE) \S+ ./.test(line)).map(readSample)
}

function readSample(line: string): ReadSample {
  const match = samplePattern.exec(line)
  if (match === null) throw new Error(`This is no sample: ${line}`)
  const [, name = "", labels = "", value = ""] = match
  return { name, labels: readLabels(labels), value: value === "+Inf" ? Infinity : Number(value) }
}

function readLabels(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(labelPattern)]
  if (pairs.map(([whole]) => whole).join("") !== text) throw new Error(`These are no labels: ${text}`)
  return Object.fromEntries(
    pairs.map(([, label = "", value = ""]) => [
      label,
      value.replaceAll(/\\./gs, (escape) => {
        const meant = escapes[escape]
        if (meant === undefined) throw new Error(`${escape} means nothing.`)
        return meant
      }),
    ]),
  )
}
