import { closedCircuit } from "./circuit.ts"
import type { Circuit } from "./circuit.ts"

/**
 * All circuits of one target that ever opened, by model: what is kept in a shared cell. Plain data, and small: a
 * circuit that never opened is not in it, one that nobody has needed for an hour is forgotten.
 */
export type Circuits = Readonly<Record<string, Circuit>>

/** How long a circuit that is not in use is remembered, for its generation and the openings in a row. */
const rememberedMs = 3_600_000

/** Model names come from callers and some are names of every object, such as `constructor`. */
const entryOf = (model: string | undefined): string => (model === undefined ? "" : `model:${model}`)
const modelOf = (entry: string): string | undefined =>
  entry === "" ? undefined : entry.slice("model:".length)

export function circuitOf(circuits: Circuits, model: string | undefined): Circuit {
  return circuits[entryOf(model)] ?? closedCircuit
}

/** The models whose circuits are open. */
export function openModels(circuits: Circuits): readonly (string | undefined)[] {
  return Object.entries(circuits).flatMap(([entry, { state }]) => (state === "open" ? [modelOf(entry)] : []))
}

/** The newest generation of any of them. */
export function latestGeneration(circuits: Circuits): number {
  return Math.max(0, ...Object.values(circuits).map(({ generation }) => generation))
}

export function withCircuit(
  circuits: Circuits,
  model: string | undefined,
  circuit: Circuit,
  dateMs: number,
): Circuits {
  const remembered = Object.entries(circuits).filter(
    (entry) => neededUntilMs(entry[1]) > dateMs - rememberedMs,
  )
  return { ...Object.fromEntries(remembered), [entryOf(model)]: circuit }
}

/** The views of two processes as one: of each circuit, the later one. */
export function mergeCircuits(a: Circuits, b: Circuits): Circuits {
  const merged: Record<string, Circuit> = { ...a }
  for (const [entry, circuit] of Object.entries(b)) {
    const known = merged[entry]
    merged[entry] = known === undefined ? circuit : laterCircuit(known, circuit)
  }
  return merged
}

/**
 * Whichever of two views is further along. Within a generation a circuit only ever moves from open over half-open
 * to closed, so this is a total order, and taking the greater one is commutative, associative and idempotent.
 */
export function laterCircuit(a: Circuit, b: Circuit): Circuit {
  const placeOfA = placeOf(a)
  for (const [index, there] of placeOf(b).entries()) {
    const here = placeOfA[index] ?? there
    if (here !== there) return here > there ? a : b
  }
  return a
}

const progress = { open: 0, "half-open": 1, closed: 2 } as const

/** Every field counts, the last ones only so that two different views never tie. */
function placeOf(circuit: Circuit): readonly (number | string)[] {
  const { successes, probes, probe } = circuit.state === "half-open" ? circuit : nothingProbed
  return [
    circuit.generation,
    progress[circuit.state],
    successes,
    probes,
    probe === undefined ? 1 : 0,
    circuit.state === "open" ? circuit.untilMs : (probe?.untilMs ?? 0),
    circuit.openings,
    circuit.sinceMs,
    circuit.state === "closed" ? 0 : circuit.wakes,
    circuit.state === "open" ? circuit.wakeableMs : 0,
    probe?.id ?? "",
    circuit.state === "closed" ? "" : circuit.reason,
  ]
}

const nothingProbed = { successes: 0, probes: 0, probe: undefined }

function neededUntilMs(circuit: Circuit): number {
  return circuit.state === "open" ? circuit.untilMs : circuit.sinceMs
}
