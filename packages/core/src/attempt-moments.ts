import type { AttemptObserver } from "./attempt.ts"

/** Tells an observer of one moment of an attempt. */
export type Tell = (observer: AttemptObserver) => unknown

// Made once, for some are told with every chunk.
export const tellHeaders: Tell = (observer) => observer.headers?.()
export const tellContent: Tell = (observer) => observer.content?.()
export const tellProgress: Tell = (observer) => observer.progress?.()
export const tellCommit: Tell = (observer) => observer.commit?.()
export const tellReading: Tell = (observer) => observer.reading?.(true)
export const tellNotReading: Tell = (observer) => observer.reading?.(false)
