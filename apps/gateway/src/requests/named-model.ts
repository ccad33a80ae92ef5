/** What names models: some relays take further ones as `models`. */
const naming = new Set(["model", "models"])

/** `"models"`, with every letter written as an escape. */
const longestName = 2 + 6 * "models".length

/**
 * How many members of the outermost object name models, in whatever case: a server behind us may take the first of
 * several, or one whose case differs. Reads a text of any length in one go; callers decide what is in it.
 */
export function countModels(json: string): number {
  let depth = 0
  let count = 0
  for (let at = 0; at < json.length; at++) {
    const found = json[at]
    if (found === "{" || found === "[") depth += 1
    else if (found === "}" || found === "]") depth -= 1
    else if (found === '"') {
      const end = endOfText(json, at)
      if (
        depth === 1 &&
        end - at <= longestName &&
        isKey(json, end) &&
        naming.has(nameOf(json.slice(at, end)))
      )
        count += 1
      at = end - 1
    }
  }
  return count
}

/** The place behind the quote that ends a text. */
function endOfText(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let escapes = quote
    while (json[escapes - 1] === "\\") escapes -= 1
    if ((quote - escapes) % 2 === 0) return quote + 1
  }
  return json.length
}

function isKey(json: string, end: number): boolean {
  const colon = /\s*:/y
  colon.lastIndex = end
  return colon.test(json)
}

function nameOf(key: string): string {
  try {
    return String(JSON.parse(key)).toLowerCase()
  } catch {
    return ""
  }
}

/** The model a form names; `undefined` for none, or several. */
export async function modelOfForm(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<string | undefined> {
  try {
    const form = await new Response(body, { headers: { "content-type": contentType } }).formData()
    const models = [...form].filter(([name]) => name.toLowerCase() === "model").map(([, value]) => value)
    return models.length === 1 && typeof models[0] === "string" ? models[0] : undefined
  } catch {
    return undefined
  }
}
