import type { Usage } from "@bellwether/wire"
import { isJson } from "./json-event.ts"
import type { Json } from "./json-event.ts"

/** The names a grammar has for the counts of a usage block. */
export interface UsageNames {
  readonly input: string
  readonly output: string
  readonly total?: string
}

/**
 * A provider's usage block with what the attempts before have used added to it, and marked with `estimated: true`
 * where a part of it is. A count the block does not have is not made up.
 */
export function summedUsage(block: unknown, spent: Usage, { input, output, total }: UsageNames): unknown {
  if (!isJson(block)) return block
  const sum: Json = { ...block }
  const add = (name: string | undefined, count: number): void => {
    const own = name === undefined ? undefined : block[name]
    if (name !== undefined && typeof own === "number") sum[name] = own + count
  }
  add(input, spent.input)
  add(output, spent.output)
  add(total, spent.input + spent.output)
  return spent.estimated ? { ...sum, estimated: true } : sum
}
