import type { Clock, EndpointOptions, Services } from "@bellwether/core"

/** A model as providers list it; other members pass as they are. */
export interface ListedModel {
  readonly id: string
  readonly owned_by?: string
}

/** What asks the endpoints. */
interface Office {
  readonly services: Pick<Services, "board" | "targets" | "send">
}

/** How long a list is good. */
const freshMs = 30_000
/** How long an endpoint may take for its own. */
const patienceMs = 5_000
/** Lists are a few kB; what is larger is none. */
const largestBytes = 4 * 1024 * 1024

/** The models of all endpoints, each once, with the endpoints that have it. */
export class ModelList {
  readonly #endpoints: readonly EndpointOptions[]
  readonly #office: Office
  readonly #clock: Clock
  /** What each endpoint listed last. */
  readonly #known = new Map<string, readonly ListedModel[]>()
  #loading: Promise<readonly ListedModel[]> | undefined
  #loadedAtMs = -Infinity

  constructor(endpoints: readonly EndpointOptions[], office: Office, clock: Clock) {
    this.#endpoints = endpoints
    this.#office = office
    this.#clock = clock
  }

  /** The merged list. Those who ask at once share one answer; an endpoint that is silent keeps its last one. */
  read(): Promise<readonly ListedModel[]> {
    if (this.#loading === undefined || this.#clock.now() - this.#loadedAtMs > freshMs) {
      this.#loadedAtMs = this.#clock.now()
      this.#loading = this.#load()
    }
    return this.#loading
  }

  async #load(): Promise<readonly ListedModel[]> {
    const lists = await Promise.all(
      this.#endpoints.map(async (endpoint) => {
        const listed = await this.#ask(endpoint)
        if (listed !== undefined) this.#known.set(endpoint.id, listed)
        return { endpoint, listed: servedBy(endpoint, this.#known.get(endpoint.id) ?? []) }
      }),
    )
    const merged = new Map<string, { readonly model: ListedModel; readonly owners: string[] }>()
    for (const { endpoint, listed } of lists)
      for (const model of listed) {
        const known = merged.get(model.id)
        if (known === undefined) merged.set(model.id, { model, owners: [endpoint.id] })
        else known.owners.push(endpoint.id)
      }
    // Nobody should have to wait for a second look at nothing.
    if (merged.size === 0) this.#loadedAtMs = -Infinity
    return [...merged.values()].map(({ model, owners }) => ({ ...model, owned_by: owners.join(", ") }))
  }

  /** What an endpoint lists; `undefined` when it does not answer as it should. */
  async #ask({ id }: EndpointOptions): Promise<readonly ListedModel[] | undefined> {
    const { board, targets, send } = this.#office.services
    const own = targets.filter(({ endpoint }) => endpoint === id)
    const target = own.find((each) => board.read(each, undefined).status === "available") ?? own[0]
    if (target === undefined) return undefined
    const late = new AbortController()
    const timer = this.#clock.after(patienceMs, () => late.abort())
    try {
      const response = await send(target, { method: "GET", path: "/models", signal: late.signal })
      const bytes = await response.arrayBuffer()
      return response.ok && bytes.byteLength <= largestBytes ? listIn(bytes) : undefined
    } catch {
      return undefined
    } finally {
      timer.cancel()
    }
  }
}

function listIn(bytes: ArrayBuffer): readonly ListedModel[] | undefined {
  const { data } = JSON.parse(new TextDecoder().decode(bytes)) as { readonly data?: unknown }
  if (!Array.isArray(data)) return undefined
  return data.filter((model: unknown): model is ListedModel => {
    const { id } = (model ?? {}) as { readonly id?: unknown }
    return typeof id === "string" && id !== ""
  })
}

/** What callers can ask an endpoint for: by their names, and only what it is declared to serve. */
function servedBy(
  { models = {}, serves }: EndpointOptions,
  listed: readonly ListedModel[],
): readonly ListedModel[] {
  const named = new Map(listed.map((model) => [model.id, model]))
  const aliases = Object.entries(models).map(([id, own]) => ({ ...(named.get(own) ?? plain(own)), id }))
  const declared = (serves ?? []).filter((name) => !name.endsWith("*") && !named.has(name)).map(plain)
  const own = listed.filter(({ id }) => !(id in models) && (serves === undefined || isServed(serves, id)))
  return [...aliases, ...own, ...declared.filter(({ id }) => !(id in models))]
}

const plain = (id: string): ListedModel & { readonly object: string; readonly created: number } => ({
  id,
  object: "model",
  created: 0,
})

const isServed = (serves: readonly string[], id: string): boolean =>
  serves.some((name) => (name.endsWith("*") ? id.startsWith(name.slice(0, -1)) : name === id))
