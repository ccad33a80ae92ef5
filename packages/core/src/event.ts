/** A kind of event; made once by {@link defineEvent}, compared by name. */
export interface EventType<Data> {
  /** Noun-verb: `circuit-open`. */
  readonly name: string
  /** Carries the type of the data; never set. */
  readonly data?: Data
}

/** Makes a typed event: `export const CircuitOpened = defineEvent<CircuitChange>("circuit-opened")`. */
export function defineEvent<Data>(name: string): EventType<Data> {
  return { name }
}

type Listener = (data: never) => unknown

/** Synchronous events for watching only: whatever a listener does, the emitter goes on untouched. */
export interface EventBus {
  emit<T>(type: EventType<T>, data: T): void
  on<T>(type: EventType<T>, listener: (data: T) => void): () => void
}

/** What `listener-failed` tells. */
export interface ListenerFailure {
  /** The event whose listener threw or rejected. */
  readonly event: string
  readonly error: unknown
}

/** A listener threw, or returned a promise that rejected. Told once per listener. */
export const ListenerFailed: EventType<ListenerFailure> = defineEvent<ListenerFailure>("listener-failed")

export function createEventBus(): EventBus {
  const listeners = new Map<string, Set<Listener>>()
  const reported = new WeakSet<Listener>()

  function report(event: string, listener: Listener, error: unknown): void {
    if (reported.has(listener)) return
    reported.add(listener)
    if (event !== ListenerFailed.name) emit(ListenerFailed, { event, error })
  }

  function emit<T>(type: EventType<T>, data: T): void {
    const heard = listeners.get(type.name)
    if (heard === undefined) return
    for (const listener of heard) {
      try {
        const result = (listener as (data: T) => unknown)(data)
        if (result instanceof Promise) result.catch((error: unknown) => report(type.name, listener, error))
      } catch (error) {
        report(type.name, listener, error)
      }
    }
  }

  function on<T>(type: EventType<T>, listener: (data: T) => void): () => void {
    // A wrapper of its own, so that one function can listen twice and each `off` ends one of them.
    const entry: Listener = (data) => listener(data)
    const heard = listeners.get(type.name) ?? new Set<Listener>()
    listeners.set(type.name, heard.add(entry))
    return () => {
      heard.delete(entry)
      if (heard.size === 0 && listeners.get(type.name) === heard) listeners.delete(type.name)
    }
  }

  return { emit, on }
}
