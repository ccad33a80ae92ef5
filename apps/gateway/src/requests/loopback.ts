const loopbackAddress = /^127(?:\.\d{1,3}){3}$/

/** Whether a name or an address stands for this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1")
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || loopbackAddress.test(name)
}

/** The name in a `Host` header, without its port. */
export const hostName = (header: string): string => header.replace(/:\d*$/, "")
