import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/** Makes the collector callable without a flag on the command line. */
function exposed(): () => void {
  setFlagsFromString("--expose-gc")
  return runInNewContext("gc") as () => void
}

const collect = exposed()

/** Bytes that are in use once everything that nobody holds is gone. */
export function usedBytes(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}
