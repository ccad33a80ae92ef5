const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/gs

/**
 * How many members of the outermost object are called `model`, in whatever case: a server behind us may take the first
 * of several, or one whose case differs.
 */
export function countModels(json: string): number {
  let depth = 0
  let count = 0
  for (const { 0: found, index } of json.matchAll(token)) {
    if (found === "{" || found === "[") depth += 1
    else if (found === "}" || found === "]") depth -= 1
    else if (depth === 1 && isKey(json, index + found.length) && nameOf(found) === "model") count += 1
  }
  return count
}

const isKey = (json: string, end: number): boolean => /^\s*:/.test(json.slice(end, end + 64))

function nameOf(key: string): string | undefined {
  try {
    return String(JSON.parse(key)).toLowerCase()
  } catch {
    return undefined
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
