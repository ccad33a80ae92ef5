import type { Plugin, Services } from "@bellwether/core"

/** The gateway's own place in a pipeline: what it needs beside calls. */
export interface BackOffice {
  readonly plugin: Plugin
  /** Looks at the board, and asks endpoints for what is no call. */
  readonly services: Pick<Services, "board" | "targets" | "send" | "signal">
}

/** Makes a place for the gateway; its services are there as soon as the pipeline is. */
export function backOffice(): BackOffice {
  let lent: Services | undefined
  return {
    plugin: {
      name: "gateway",
      setup: (services) => {
        lent = services
      },
    },
    get services() {
      if (lent === undefined) throw new Error("The gateway's plugin is in no pipeline.")
      return lent
    },
  }
}
