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
  /** Tells of a fault in somebody's code that was called; once per owner. */
  fault(owner: object, event: string, error: unknown): void
  /** Takes note of a promise that somebody's code has returned, so that its rejection is a fault and no crash. */
  outlives(owner: object, event: string, promise: Promise<unknown>): void
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
  /** Lists are replaced, never changed: who listens anew while an event is told hears the next one. */
  const listeners = new Map<string, readonly Listener[]>()
  const faulty = new WeakSet<object>()

  function fault(owner: object, event: string, error: unknown): void {
    if (faulty.has(owner)) return
    faulty.add(owner)
    if (event !== ListenerFailed.name) emit(ListenerFailed, { event, error })
  }

  function outlives(owner: object, event: string, promise: Promise<unknown>): void {
    promise.catch((error: unknown) => fault(owner, event, error))
  }

  function emit<T>(type: EventType<T>, data: T): void {
    const heard = listeners.get(type.name)
    if (heard === undefined) return
    for (const listener of heard) {
      try {
        const result = (listener as (data: T) => unknown)(data)
        if (result instanceof Promise) outlives(listener, type.name, result)
      } catch (error) {
        fault(listener, type.name, error)
      }
    }
  }

  function on<T>(type: EventType<T>, listener: (data: T) => void): () => void {
    // A wrapper of its own, so that one function can listen twice and each `off` ends one of them.
    const entry: Listener = (data) => listener(data)
    listeners.set(type.name, [...(listeners.get(type.name) ?? []), entry])
    return () => {
      const left = listeners.get(type.name)?.filter((other) => other !== entry) ?? []
      if (left.length === 0) listeners.delete(type.name)
      else listeners.set(type.name, left)
    }
  }

  return { emit, on, fault, outlives }
}
