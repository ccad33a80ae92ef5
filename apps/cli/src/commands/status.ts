import type { Status } from "@bellwether/gateway"
import { shownMs, shownUsd } from "../terminal/shown.ts"
import { table } from "../terminal/table.ts"
import type { Terminal } from "../terminal/terminal.ts"

/** The options of `bellwether status`. */
export interface StatusChoices {
  readonly url: string
  readonly token?: string
  readonly json?: true
}

const moods = { available: "good", degraded: "fair", unavailable: "bad" } as const

/** Shows how a running gateway is. @returns the exit code: 0 when some endpoint takes calls */
export async function statusCommand(choices: StatusChoices, terminal: Terminal): Promise<number> {
  const status = await ask(choices)
  if (choices.json) terminal.print(JSON.stringify(status, undefined, 2))
  else terminal.print(report(status, terminal))
  return status.endpoints.some(({ availability }) => availability !== "unavailable") ? 0 : 1
}

async function ask({ url, token = process.env["BELLWETHER_STATUS_TOKEN"] }: StatusChoices): Promise<Status> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(new URL("/status.json", url), { headers, redirect: "error" }).catch(
    (cause: unknown) => {
      throw new Error(
        `No gateway answers at ${url}: start one with bellwether gateway, or name it with --url.`,
        {
          cause,
        },
      )
    },
  )
  const body = (await response.json().catch(() => ({}))) as Status & { error?: { message?: string } }
  if (!response.ok) throw new Error(body.error?.message ?? `The gateway answered ${response.status}.`)
  return body
}

function report(status: Status, terminal: Terminal): string {
  const { recent, totals, process, nowMs, cost } = status
  const answered = recent.successful + recent.failed
  const share = answered === 0 ? "–" : `${((recent.successful / answered) * 100).toFixed(1)} %`
  const rows = status.endpoints.flatMap(({ id, keys }) =>
    keys.map(({ key, availability, circuit, health, inFlight, reason, untilAtMs }) => [
      `${id}/${key}`,
      terminal.as(moods[availability], availability),
      circuit,
      health.state,
      String(inFlight),
      [reason ?? "", untilAtMs === null ? "" : `(again in ${shownMs(Math.max(0, untilAtMs - nowMs))})`]
        .filter((part) => part !== "")
        .join(" "),
    ]),
  )
  return [
    `Up for ${shownMs(nowMs - process.startedAtMs)}, ${totals.total} calls, ${totals.failed} failed, ${totals.failovers} failovers.`,
    `Last five minutes: ${recent.total} calls, ${share} answered, p50 ${shownMs(recent.durationMs?.p50 ?? 0)}, p95 ${shownMs(recent.durationMs?.p95 ?? 0)}.`,
    ...(cost === null ? [] : [`Spent ${shownUsd(cost.spentUsd)}, saved ${shownUsd(cost.savedUsd)}.`]),
    ...(process.config.error === null
      ? []
      : [terminal.as("bad", `The config was not taken over: ${process.config.error.message}`)]),
    "",
    table([["target", "state", "circuit", "health", "under way", ""], ...rows]),
  ].join("\n")
}
