import type { Plugin, Scope, Services, Verdict } from "@bellwether/core"
import { everythingIn } from "./everything-in.ts"
import { watchedAdmission, type WatchedTake } from "./watched-admission.ts"

/** A verdict the plugin published. */
export interface WatchedVerdict {
  readonly atMs: number
  readonly scope: Scope
  readonly verdict: Verdict
}

/** An event the plugin emitted. */
export interface WatchedEvent {
  readonly atMs: number
  readonly name: string
  /** All that it carried. */
  readonly text: string
}

/** How closely a plugin is watched. */
export interface WatchOptions {
  /**
   * How often its admission is looked at before it is asked.
   * @default 1
   */
  readonly peeks?: number
}

/** Sees everything a plugin does in a pipeline, and changes nothing. */
export interface PluginWatch {
  /** The plugin to put into the pipeline. */
  readonly plugin: Plugin
  readonly verdicts: readonly WatchedVerdict[]
  readonly events: readonly WatchedEvent[]
  readonly takes: readonly WatchedTake[]
  /** The signals of the calls it had a part in. */
  readonly callSignals: ReadonlySet<AbortSignal>
  /** What the pipeline has lent to it; `undefined` before `setup`. */
  readonly services: Services | undefined
  /** Middlewares that were entered and not left. */
  readonly entered: number
  /** Whether `start` was called and has not settled. */
  readonly isStarting: boolean
}

/** Puts a watch around a plugin. */
export const watched = (plugin: Plugin, { peeks = 1 }: WatchOptions = {}): PluginWatch => {
  const verdicts: WatchedVerdict[] = []
  const events: WatchedEvent[] = []
  const takes: WatchedTake[] = []
  const callSignals = new Set<AbortSignal>()
  let lent: Services | undefined
  let entered = 0
  let starting = 0

  const overheard = (services: Services): Services => {
    const { clock, board } = services
    lent = services
    return {
      ...services,
      board: {
        ...board,
        say(scope, verdict) {
          verdicts.push({ atMs: clock.now(), scope, verdict })
          board.say(scope, verdict)
        },
      },
      emit(type, data) {
        events.push({ atMs: clock.now(), name: type.name, text: everythingIn(data) })
        services.emit(type, data)
      },
    }
  }

  /** Works for both kinds of middleware, which differ in their requests alone. */
  const passed = async <Answer>(signal: AbortSignal, pass: () => Promise<Answer>): Promise<Answer> => {
    callSignals.add(signal)
    entered++
    try {
      return await pass()
    } finally {
      entered--
    }
  }

  async function beginning(begin: () => Promise<void>): Promise<void> {
    starting++
    try {
      await begin()
    } finally {
      starting--
    }
  }

  const setup: Plugin["setup"] = (services) => {
    const places = plugin.setup(overheard(services)) ?? {}
    const { call, attempt, admit } = places
    return {
      ...(call && {
        call: (request, next, context) => passed(context.signal, () => call(request, next, context)),
      }),
      ...(attempt && {
        attempt: (request, next, context) => passed(context.signal, () => attempt(request, next, context)),
      }),
      ...(admit && { admit: watchedAdmission(admit, peeks, (take) => takes.push(take)) }),
      ...(places.hints && { hints: places.hints }),
      ...(places.start && { start: () => beginning(async () => places.start?.()) }),
      ...(places.ready && { ready: () => beginning(async () => places.ready?.()) }),
      ...(places.inspect && { inspect: () => places.inspect?.() }),
    }
  }

  return {
    plugin: { name: plugin.name, inside: plugin.inside ?? [], setup },
    verdicts,
    events,
    takes,
    callSignals,
    get services() {
      return lent
    },
    get entered() {
      return entered
    },
    get isStarting() {
      return starting > 0
    },
  }
}
