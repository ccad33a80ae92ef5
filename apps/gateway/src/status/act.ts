import { PipelineError } from "@bellwether/core"
import type { Refusal } from "../answers/refusal.ts"
import type { Running } from "../engine/running.ts"
import { actionNames } from "./action.ts"
import type { ActionName, ActionRequest, ActionResult } from "./action.ts"
import type { ToldCircuit } from "./key-status.ts"

interface Scope {
  readonly endpoint: string
  readonly key?: string
}

const refuse = (status: number, code: string, message: string): Refusal => ({ status, code, message })

/** Does what an operator asks for, or says why not. */
export async function act(body: unknown, running: Running): Promise<ActionResult | Refusal> {
  const asked = readAction(body, running)
  if ("status" in asked) return asked
  const { action, endpoint, key, reason } = asked
  const scope: Scope = { endpoint, ...(key !== undefined && { key }) }
  try {
    return { message: await doings[action](running, scope, reason) }
  } catch (error) {
    if (!PipelineError.is(error)) throw error
    return refuse(409, error.code, error.message)
  }
}

function readAction(body: unknown, { office }: Running): ActionRequest | Refusal {
  const { action, endpoint, key, reason } = (body ?? {}) as Partial<Record<keyof ActionRequest, unknown>>
  const { targets } = office.services
  if (!actionNames.includes(action as ActionName))
    return refuse(400, "unknown-action", `The action must be one of ${actionNames.join(", ")}.`)
  const known = targets.filter((target) => target.endpoint === endpoint)
  if (known.length === 0) return refuse(404, "unknown-endpoint", "There is no such endpoint.")
  if (key !== undefined && !known.some((target) => target.key === key))
    return refuse(404, "unknown-key", "The endpoint has no such key.")
  if (reason !== undefined && (typeof reason !== "string" || reason.length > 200))
    return refuse(400, "invalid-reason", "The reason must be a text of 200 letters at most.")
  return body as ActionRequest
}

type Doing = (running: Running, scope: Scope, reason: string | undefined) => Promise<string> | string

const nameOf = ({ endpoint, key }: Scope): string => (key === undefined ? endpoint : `${endpoint}/${key}`)

const doings: Readonly<Record<ActionName, Doing>> = {
  drain({ pipeline }, scope, reason = "drained on the status page") {
    // Whoever takes it back into use before ends the waiting; nobody waits here.
    pipeline.circuits.drain(scope, { reason }).catch(() => {})
    return `${nameOf(scope)} takes no new calls; those under way go on to their end.`
  },
  "force-open"({ pipeline }, scope, reason = "forced open on the status page") {
    pipeline.circuits.forceOpen(scope, { reason })
    return `${nameOf(scope)} takes no new calls.`
  },
  "force-close"({ pipeline }, scope) {
    pipeline.circuits.forceClose(scope)
    return `${nameOf(scope)} is in use, and its circuits are closed.`
  },
  release({ pipeline }, scope) {
    const { plugins } = pipeline.inspect()
    const held = ((plugins["circuit-breaker"] ?? []) as readonly ToldCircuit[]).find(
      ({ state, scope: of }) =>
        state === "forced-open" &&
        of?.endpoint === scope.endpoint &&
        of.key === scope.key &&
        of.model === undefined,
    )
    if (held === undefined)
      throw new PipelineError("not-held", `${nameOf(scope)} is neither drained nor forced open as a whole.`)
    // An order that is over in a moment takes the place of the one that has no end.
    pipeline.circuits.forceOpen(scope, { reason: "released", forMs: 1 })
    return `${nameOf(scope)} is as its circuits are.`
  },
  async probe({ pipeline, office }, scope) {
    const { targets } = office.services
    const probed = targets.filter(
      ({ endpoint, key }) => endpoint === scope.endpoint && key === (scope.key ?? key),
    )
    const results = (await Promise.all(probed.map(({ id }) => pipeline.health.probe(id)))).flat()
    return results
      .map(({ target, reason, latencyMs }) => `${target}: ${reason}, ${Math.round(latencyMs)} ms`)
      .join("; ")
  },
}
