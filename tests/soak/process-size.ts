import { readdir, readFile } from "node:fs/promises"

/** What a process takes of the machine, as Linux tells it; `undefined` elsewhere. */
export interface ProcessSize {
  /** Memory that is really there, not only promised. */
  readonly residentBytes: number
  /** Files that are open; each connection is one. */
  readonly files: number
}

/** Looks at a process. */
export async function processSize(pid: number | undefined): Promise<ProcessSize | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8")
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? []
    return {
      residentBytes: Number(kilobytes) * 1_024,
      files: (await readdir(`/proc/${pid}/fd`)).length,
    }
  } catch {
    return undefined
  }
}
