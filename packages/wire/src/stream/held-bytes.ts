/** Bytes that wait for what follows them. */
export interface HeldBytes {
  readonly length: number
  add(part: Uint8Array): void
  /** All of them, to be read before more are added. */
  take(): Uint8Array
}

const worthKeeping = 65_536

/** An empty buffer that grows by doubling, so that adding byte by byte costs linear time. */
export const createHeldBytes = (): HeldBytes => {
  let bytes = new Uint8Array(0)
  let length = 0
  return {
    get length() {
      return length
    },
    add(part) {
      if (length + part.length > bytes.length) {
        const grown = new Uint8Array(Math.max(1024, 2 * bytes.length, length + part.length))
        grown.set(bytes.subarray(0, length))
        bytes = grown
      }
      bytes.set(part, length)
      length += part.length
    },
    take() {
      const taken = bytes.subarray(0, length)
      length = 0
      if (bytes.length > worthKeeping) bytes = new Uint8Array(0)
      return taken
    },
  }
}
