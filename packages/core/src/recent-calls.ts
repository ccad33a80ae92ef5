import type { CallRecord } from "./call-record.ts"

/** The last calls that are over, and where to look for those that are not. */
export interface RecentCalls {
  add(record: CallRecord): void
  /** Looks also for those of pipelines that are under way. */
  find(id: string): CallRecord | undefined
  /**
   * Tells where calls under way are found.
   *
   * @returns ends that
   */
  alsoIn(find: RecentCalls["find"]): () => void
}

/** @param capacity how many it remembers */
export function recentCalls(capacity = 100): RecentCalls {
  const records: CallRecord[] = []
  const places = new Set<RecentCalls["find"]>()
  let next = 0
  return {
    add(record) {
      records[next] = record
      next = (next + 1) % capacity
    },
    find(id) {
      for (const place of places) {
        const record = place(id)
        if (record !== undefined) return record
      }
      return records.find((record) => record.id === id)
    },
    alsoIn(find) {
      places.add(find)
      return () => void places.delete(find)
    },
  }
}
