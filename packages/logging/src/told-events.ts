import type { Fields, Level } from "./logger.ts"
import type { LoggingOptions } from "./options.ts"
import { sentence } from "./sentence.ts"

/** How the events of a kind are told. */
export interface Telling {
  readonly level: Level | ((fields: Fields) => Level)
  words(fields: Fields): string
}

/** @param words what happened, without a full stop */
const tell = (level: Telling["level"], words: string): Telling => ({
  level,
  words: (fields) => sentence(words, fields),
})

const ofHealth = ({ to }: Fields): Level => (to === "healthy" ? "info" : "warn")
const ofPark = (fields: Fields): Level => (fields["class"] === "credential" ? "error" : "warn")

/**
 * How events are told, by name. Plugins do not import each other, and events are compared by name: so this table can
 * have those of plugins that may not be there. What changes is told at `info` and above, a single call at `debug`.
 */
const knownEvents: Readonly<Record<string, Telling>> = {
  "circuit-opened": tell("warn", "A circuit opened"),
  "circuit-half-opened": tell("info", "A circuit is half open"),
  "circuit-closed": tell("info", "A circuit closed"),
  "circuit-forced-open": tell("warn", "An operator has taken something out of use"),
  "circuit-released": tell("info", "What an operator had taken out of use is back"),
  "health-changed": tell(ofHealth, "Health changed"),
  "gate-closed": tell("warn", "A provider asked to be left alone for a while"),
  "park-began": tell(ofPark, "A key or a model was taken out of use"),
  "park-ended": tell("info", "A key or a model that was out of use is used again"),
  "limit-lowered": tell("warn", "A provider throttled, so less goes there"),
  "quota-low": tell("warn", "A quota is nearly used up"),
  "quota-exhausted": tell("error", "A quota is used up"),
  "quota-restored": tell("info", "A quota is there again"),
  "price-missing": tell("warn", "A budget of money can not count a model, for nobody knows its price"),
  "store-lost": tell("error", "The shared store does not answer: this process goes on with its own state"),
  "store-found": tell("info", "The shared store answers again"),
  "trails-dropped": tell("warn", "Trails are written too slowly: some are left out"),
  "listener-failed": tell("error", "Somebody's code that was called threw, which is told once"),

  "call-ended": tell("debug", "A call ended"),
  "attempt-ended": tell("debug", "An attempt ended"),
  "target-refused": tell("debug", "A target was refused"),
  "retry-scheduled": tell("debug", "A call will be tried again"),
  "call-moved": tell("debug", "A call moves on to another target"),
  "call-waited": tell("debug", "A call waited for a target"),
  "call-queued": tell("debug", "A call waits for its turn"),
  "panic-tried": tell("debug", "A call is tried on a target known to be unavailable"),
  "model-fell-back": tell("debug", "A call asks for another model"),
  "stream-resumed": tell("debug", "A cut stream goes on"),
  "hedge-started": tell("debug", "A late call is hedged"),
  "hedge-won": tell("debug", "A hedge answered"),
  "hedge-lost": tell("debug", "A hedge was in vain"),
  "probe-ended": tell("debug", "A target was probed"),
}

/** How which events are told: those that are known, and those the user adds or tells otherwise. */
export function toldEvents(also: LoggingOptions["also"] = []): ReadonlyMap<string, Telling> {
  const told = new Map(Object.entries(knownEvents))
  for (const entry of also) {
    const { event, level = "info", words } = "event" in entry ? entry : { event: entry }
    told.set(
      event.name,
      words === undefined ? tell(level, spoken(event.name)) : { level, words: () => words },
    )
  }
  return told
}

/** `maintenance-began` in words: "Maintenance began". */
const spoken = (name: string): string =>
  `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("-", " ")}`
