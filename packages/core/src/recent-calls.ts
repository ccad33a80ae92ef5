import type { CallRecord } from "./call-record.ts"

/** The last calls that are over. */
export interface RecentCalls {
  add(record: CallRecord): void
  find(id: string): CallRecord | undefined
}

/** @param capacity how many it remembers */
export function recentCalls(capacity = 100): RecentCalls {
  const records: CallRecord[] = []
  let next = 0
  return {
    add(record) {
      records[next] = record
      next = (next + 1) % capacity
    },
    find: (id) => records.find((record) => record.id === id),
  }
}
