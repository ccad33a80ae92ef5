import type { ReceivedRequest, ArrivingRequest } from "../received-request.ts"
import { documentReply, jsonReply, type Reply } from "../reply.ts"
import { errorReply } from "./error-reply.ts"

/** A thing that lives at this provider and at no other. */
export interface Resource {
  readonly json: Readonly<Record<string, unknown>> & { readonly id: string }
  readonly content?: { readonly type: string; readonly bytes: Uint8Array }
}

/** Everything created so far, by id. */
export type Shelf = Map<string, Resource>

const kinds = {
  files: { prefix: "file-", object: "file" },
  batches: { prefix: "batch_", object: "batch" },
  threads: { prefix: "thread_", object: "thread" },
  vector_stores: { prefix: "vs_", object: "vector_store" },
  conversations: { prefix: "conv_", object: "conversation" },
  responses: { prefix: "resp_", object: "response" },
} as const

/** The kinds of things that live at a provider. */
export type ResourceKind = keyof typeof kinds

/** Whether things of this kind live at a provider. */
export const isResourceKind = (route: string): route is ResourceKind => Object.hasOwn(kinds, route)

/** Creates, lists, gets, cancels and deletes: enough to tell whether a request came to where its thing lives. */
export const resourceReply = async (
  kind: ResourceKind,
  { request, place }: ArrivingRequest,
  shelf: Shelf,
  created: { readonly id: (prefix: string) => string; readonly seconds: number },
): Promise<Reply> => {
  const { prefix, object } = kinds[kind]
  const [id, action] = place.rest
  if (id === undefined) {
    if (request.method === "GET") return jsonReply(200, listOf(prefix, shelf))
    if (request.method === "DELETE") return errorReply("method-not-allowed", request)
    const resource = await made(kind, object, request, { id: created.id(prefix), seconds: created.seconds })
    shelf.set(resource.json.id, resource)
    return jsonReply(200, resource.json)
  }
  const found = id.startsWith(prefix) ? shelf.get(id) : undefined
  if (found === undefined) return errorReply("unknown-id", request, `No such ${object} object: ${id}`)
  if (request.method === "DELETE") {
    shelf.delete(id)
    return jsonReply(200, { id, object: `${object}.deleted`, deleted: true })
  }
  if (action === "content" && found.content !== undefined)
    return documentReply(200, found.content.type, found.content.bytes)
  if (action === "cancel") {
    const cancelled = { ...found, json: { ...found.json, status: "cancelled" } }
    shelf.set(id, cancelled)
    return jsonReply(200, cancelled.json)
  }
  return jsonReply(200, found.json)
}

const listOf = (prefix: string, shelf: Shelf) => {
  const data = [...shelf.values()].map(({ json }) => json).filter(({ id }) => id.startsWith(prefix))
  return {
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: false,
  }
}

const made = async (
  kind: ResourceKind,
  object: string,
  request: ReceivedRequest,
  { id, seconds }: { readonly id: string; readonly seconds: number },
): Promise<Resource> => {
  if (kind !== "files") {
    const status = kind === "batches" ? { status: "validating" } : {}
    return { json: { metadata: null, ...request.json, ...status, id, object, created_at: seconds } }
  }
  const form = await formIn(request)
  const file = form?.get("file")
  const bytes = file instanceof Blob ? await file.bytes() : new Uint8Array()
  const json = {
    id,
    object,
    bytes: bytes.length,
    created_at: seconds,
    filename: file instanceof File ? file.name : "upload",
    purpose: form?.get("purpose") ?? "user_data",
    status: "processed",
  }
  return { json, content: { type: "application/octet-stream", bytes } }
}

const formIn = async (request: ReceivedRequest): Promise<FormData | undefined> => {
  const contentType = request.headers["content-type"] ?? ""
  try {
    return await new Response(request.bytes as Uint8Array<ArrayBuffer>, {
      headers: { "content-type": contentType },
    }).formData()
  } catch {
    return undefined
  }
}
