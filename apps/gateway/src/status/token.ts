import { hash, timingSafeEqual } from "node:crypto"
import type { GatewaySettings } from "@bellwether/config"

/** What opens the status page, where it is closed, and its actions. */
export const tokenOf = ({ status }: GatewaySettings): string | undefined =>
  status === false ? undefined : status.token

/** Compares two texts; takes equally long however they differ. */
export const isSameText = (one: string, other: string): boolean =>
  timingSafeEqual(hash("sha256", one, "buffer"), hash("sha256", other, "buffer"))

/** The token a request shows. */
export const shownToken = (authorization: string | undefined): string | undefined =>
  /^bearer +(\S+)$/i.exec(authorization ?? "")?.[1]
