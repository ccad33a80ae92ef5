import type { EndpointOptions, KeyOptions } from "./endpoint.ts"
import { callable, count, flag, milliseconds, oneOf, text, url, wholeNumber } from "./option-checks.ts"
import { inside } from "./option-wording.ts"
import { either, listOf, must, recordOf, required, shape } from "./options.ts"
import type { Check } from "./options.ts"
import { price } from "./price-check.ts"
import { providers } from "./provider.ts"
import { repeated } from "./repeated.ts"
import { fitsHeader } from "./secret-key.ts"

/** What is told of a value that has the right form already. */
const further =
  <T>(check: Check, look: (value: T, path: string) => readonly string[]): Check =>
  (value, path) => {
    const faults = check(value, path)
    return value === undefined || faults.length > 0 ? faults : look(value as T, path)
  }

const id = further<string>(text, (value, path) =>
  /[/\s]/.test(value) ? [`${path} can not be "${value}": ids are without slashes and spaces.`] : [],
)

const baseURL = further<string>(url, (value, path) => {
  const { username, password, search, hash } = new URL(value)
  return [
    ...(username + password === "" ? [] : [`${path} must not carry credentials: put the key under \`key\`.`]),
    ...(search + hash === "" ? [] : [`${path} must end with its path, without ? or #.`]),
  ]
})

const keyText = further<string>(text, (value, path) =>
  fitsHeader(value.trim())
    ? []
    : [`${path} holds characters that no header can carry: give the whole key, and only the key.`],
)

const key = either({ text: keyText, function: callable })

const keys = further<NonNullable<EndpointOptions["keys"]>>(
  listOf(
    either({ text: keyText, function: callable, object: shape<KeyOptions>({ id, value: required(key) }) }),
    {
      min: 1,
    },
  ),
  (entries, path) =>
    repeated(
      entries.map((entry, place) => (typeof entry === "object" ? entry.id : undefined) ?? `key-${place + 1}`),
    ).map((name) => `${path} has two with the id "${name}": give each its own.`),
)

const headers = further<Readonly<Record<string, string>>>(
  recordOf(must("a text", (value) => typeof value === "string")),
  (values, path) =>
    Object.entries(values)
      .filter(
        ([name, value]) => !/^[!#$%&'*+.^`|~\w-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value),
      )
      .map(([name]) => `${inside(path, name)} holds characters that no header can carry.`),
)

const serves = further<readonly string[]>(listOf(text, { min: 1 }), (patterns, path) =>
  patterns.flatMap((pattern, place) =>
    /\*./.test(pattern) ? [`${path}[${place}] may have a * only at its end.`] : [],
  ),
)

/** Looks at one endpoint. */
export const endpointCheck: Check = further<EndpointOptions>(
  shape<EndpointOptions>({
    id: required(id),
    baseURL: required(baseURL),
    key,
    keys,
    provider: either({
      text: oneOf(Object.keys(providers)),
      object: shape({ name: required(text), url: required(callable), authorize: required(callable) }),
    }),
    apiVersion: text,
    headers,
    models: recordOf(text),
    tier: wholeNumber,
    weight: must("a number above 0", (value) => typeof value === "number" && value > 0 && value < Infinity),
    price,
    serves,
    contextTokens: count,
    prefill: flag,
    drainMs: milliseconds,
  }),
  (options, path) => [
    ...("key" in options && options.key === undefined
      ? [`${path}.key is undefined: set its environment variable, or leave \`key\` out if there is none.`]
      : []),
    ...(options.key === undefined || options.keys === undefined
      ? []
      : [`${path} has both key and keys: list all of them under \`keys\`.`]),
    ...(options.apiVersion === undefined ||
    options.provider === "azure" ||
    typeof options.provider === "object"
      ? []
      : [`${path}.apiVersion does nothing without provider: "azure".`]),
  ],
)
