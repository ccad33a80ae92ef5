import type { KeyStatus, Status } from "@bellwether/gateway"
import { counted, shownMs, shownUsd } from "../terminal/shown.ts"
import { table } from "../terminal/table.ts"
import type { Terminal } from "../terminal/terminal.ts"
import { wrapped } from "../terminal/width.ts"

/** The options of `bellwether status`. */
export interface StatusChoices {
  readonly url: string
  readonly token?: string
  readonly json?: true
}

/** Holds the token, so that it stands in no list of processes. */
export const tokenVariable = "BELLWETHER_STATUS_TOKEN"

const timeoutMs = 10_000

/** Shows how a running gateway is. @returns the exit code: 0 when some endpoint takes calls */
export async function statusCommand(
  choices: StatusChoices,
  terminal: Terminal,
  interrupt: AbortSignal,
): Promise<number> {
  const status = await ask(choices, interrupt)
  terminal.print(choices.json ? JSON.stringify(status, undefined, 2) : report(status, terminal))
  return status.endpoints.some(({ availability }) => availability !== "unavailable") ? 0 : 1
}

/** @throws Error a sentence for whoever asked */
async function ask(
  { url, token = process.env[tokenVariable] }: StatusChoices,
  interrupt: AbortSignal,
): Promise<Status> {
  const address = URL.parse("/status.json", url)
  if (address === null) throw new Error(`${url} is no URL: say where the gateway listens, as it does itself.`)
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const signal = AbortSignal.any([interrupt, AbortSignal.timeout(timeoutMs)])
  const response = await fetch(address, { headers, signal, redirect: "error" }).catch((cause: unknown) => {
    const advice = "start one with `bellwether gateway`, or say with --url where it listens."
    throw new Error(`No gateway answers at ${url}: ${advice}`, { cause })
  })
  const body = (await response.json().catch(() => undefined)) as Answer | undefined
  if (response.status === 401)
    throw new Error(`${body?.error?.message ?? "A token is needed."} Here: --token, or ${tokenVariable}.`)
  if (!response.ok)
    throw new Error(`${url} answered ${response.status}. ${body?.error?.message ?? ""}`.trim())
  if (!Array.isArray(body?.endpoints)) throw new Error(`What answers at ${url} is no gateway of Bellwether.`)
  return body
}

type Answer = Status & { readonly error?: { readonly message?: string } }

function report(status: Status, terminal: Terminal): string {
  const { nowMs, endpoints, process } = status
  const rows = endpoints.flatMap(({ keys }) => keys.map((key) => row(key, nowMs, terminal)))
  return [
    ...summary(status).map((line) => wrapped(line, terminal.columns)),
    ...(process.config.error === null
      ? []
      : [terminal.as("bad", `The config was not taken over: ${process.config.error.message}`)]),
    "",
    table([["target", "state", "circuit", "health", "now", ""], ...rows], terminal.columns),
  ].join("\n")
}

function summary({ nowMs, process, totals, recent, cost }: Status): readonly string[] {
  const { p50, p95 } = recent.durationMs ?? {}
  const over = recent.successful + recent.failed
  const share = over === 0 ? "" : `, ${((recent.successful / over) * 100).toFixed(1)} % of them answered`
  const times =
    p50 === undefined || p95 === undefined ? "" : `, half within ${shownMs(p50)}, 95 % within ${shownMs(p95)}`
  return [
    ...(process.isClosing ? ["It is closing: no new calls are taken."] : []),
    `Up for ${shownMs(nowMs - process.startedAtMs)}: ${counted(totals.total, "call")}, ${totals.failed} failed, ${counted(totals.failovers, "failover")}.`,
    `Last five minutes: ${counted(recent.total, "call")}${share}${times}.`,
    ...(cost === null ? [] : [`Spent ${shownUsd(cost.spentUsd)}, saved ${shownUsd(cost.savedUsd)}.`]),
  ]
}

const moods = { available: "good", degraded: "fair", unavailable: "bad" } as const

function row(key: KeyStatus, nowMs: number, terminal: Terminal): readonly string[] {
  const { target, availability, circuit, health, inFlight, reason, untilAtMs } = key
  const wait = untilAtMs === null || untilAtMs <= nowMs ? "" : ` (again in ${shownMs(untilAtMs - nowMs)})`
  return [
    target,
    terminal.as(moods[availability], availability),
    circuit,
    health.state,
    String(inFlight),
    `${reason ?? ""}${wait}`.trim(),
  ]
}
