/** Where a request goes, as undici takes it. */
export interface Address {
  readonly origin: string
  readonly path: string
}

const maxKnown = 100
const known = new Map<string, Address>()

/**
 * Reads an address, the first time it is asked for: calls go to the same few ones again and again.
 *
 * @throws TypeError when it is no URL, or holds credentials
 */
export function addressOf(url: string): Address {
  let address = known.get(url)
  if (address === undefined) {
    address = read(url)
    if (known.size === maxKnown) known.clear()
    known.set(url, address)
  }
  return address
}

function read(url: string): Address {
  const { origin, pathname, search, username, password } = new URL(url)
  if (username !== "" || password !== "")
    throw Object.assign(new TypeError("The URL holds credentials: send them in a header."), {
      code: "ERR_INVALID_URL",
    })
  return { origin, path: pathname + search }
}
