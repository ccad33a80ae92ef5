import * as openai7 from "openai"
import * as openai5 from "openai5"
import * as openai6 from "openai6"

/** A major version of the official SDK, seen through the types of the newest: what the tests use exists in all. */
export type Sdk = typeof openai7

/** The majors the adapter is made for. */
export const sdks: readonly { readonly name: string; readonly sdk: Sdk }[] = [
  { name: "openai 5", sdk: openai5 as unknown as Sdk },
  { name: "openai 6", sdk: openai6 as unknown as Sdk },
  { name: "openai 7", sdk: openai7 },
]
