const mediaType = (contentType: string | null): string =>
  contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? ""

/** Whether a response's content type is that of an event stream. */
export const isEventStream = (contentType: string | null): boolean =>
  mediaType(contentType) === "text/event-stream"

/** Whether a response's content type is JSON (`application/json` or `application/…+json`). */
export const isJson = (contentType: string | null): boolean =>
  /^(?:application|text)\/(?:[\w.+-]*\+)?json$/.test(mediaType(contentType))
