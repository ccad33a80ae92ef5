import { count, listOf, must, required, shape } from "@bellwether/core"
import type { Check } from "@bellwether/core"
import { quota } from "bellwether"
import type { QuotaOptions } from "bellwether"
import { faultsOf } from "./faults-of.ts"
import type { GatewayBudget, GatewayKey } from "./gateway-options.ts"

const textLike = (rule: string, form: RegExp): Check =>
  must(rule, (value) => typeof value === "string" && form.test(value))

/** Looked at by whoever keeps to it. */
const passedOn: Check = () => []

const budgetList = listOf(
  shape<GatewayBudget>({ limit: required(passedOn), per: required(passedOn), window: passedOn }),
  { min: 1 },
)

const budgets: Check = (value, path) => {
  const faults = budgetList(value, path)
  if (value === undefined || faults.length > 0) return faults
  return faultsOf(() => quota({ budgets: value as NonNullable<QuotaOptions["budgets"]> })).map((fault) =>
    fault.replace("quota.budgets", path),
  )
}

const keyList = listOf(
  shape<GatewayKey>({
    id: required(textLike("a name of letters, digits, dots, dashes and underscores", /^[\w.-]+$/)),
    value: required(textLike("a text of printable characters without spaces", /^[\x21-\x7e]+$/)),
    models: listOf(textLike("a model, with a * at its end at most", /^[^*\s]+\*?$|^\*$/), { min: 1 }),
    budgets,
    concurrency: count,
  }),
  { min: 1 },
)

/** Places of the entries that have the same under this name as an earlier one, each with that one's. */
function twice(list: readonly unknown[], name: keyof GatewayKey): readonly (readonly [number, number])[] {
  const values = list.map((entry) => (entry as Partial<GatewayKey> | null)?.[name])
  return values.flatMap((value, place) => {
    const first = values.indexOf(value)
    return value === undefined || first === place ? [] : [[place, first] as const]
  })
}

/** Looks at the keys of callers. */
export const callerKeys: Check = (value, path) => {
  if (value === undefined || !Array.isArray(value)) return value === undefined ? [] : keyList(value, path)
  return [
    ...keyList(value, path),
    ...twice(value, "id").map(
      ([later, first]) => `${path}[${later}].id is that of ${path}[${first}]: give each its own.`,
    ),
    ...twice(value, "value").map(
      ([later, first]) =>
        `${path}[${later}].value is that of ${path}[${first}]: callers could not be told apart.`,
    ),
  ]
}
