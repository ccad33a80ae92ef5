import { expect, test } from "vitest"
import { isFree } from "./free-operation.ts"
import { readOperation } from "./operation.ts"

test.each([
  ["POST", "/chat/completions", false],
  ["POST", "/embeddings", false],
  ["POST", "/something/new", false],
  ["GET", "/models", true],
  ["POST", "/moderations", true],
  ["POST", "/messages/count_tokens", true],
  ["GET", "/files/file-1", true],
  ["GET", "/something/new", true],
] as const)("%s %s is free: %j", (method, path, expected) => {
  expect(isFree(readOperation(method, path))).toBe(expected)
})
