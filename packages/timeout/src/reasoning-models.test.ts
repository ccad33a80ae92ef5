import { describe, expect, test } from "vitest"
import { isReasoningModel } from "./reasoning-models.ts"

describe("a model that thinks first is known by its name", () => {
  test.each([
    "o1",
    "o3-mini",
    "openai/o4-mini:free",
    "o1-preview-2024-09-12",
    "gpt-5",
    "gpt-5.1-codex",
    "GPT-5-mini",
    "openai/gpt-oss-120b",
    "deepseek-reasoner",
    "deepseek-r1-distill-llama-70b",
    "us.deepseek.r1-v1:0",
    "gemini-2.5-pro",
    "gemini-3-pro-preview",
    "grok-3-mini",
    "grok-4-fast-reasoning",
    "glm-4.6",
    "minimax-m2",
    "magistral-medium-latest",
    "qwq-32b",
    "qwen3-235b-a22b-thinking-2507",
    "kimi-k2-thinking",
    "claude-3-7-sonnet-thinking",
    "phi-4-reasoning",
    "sonar-reasoning-pro",
    "o4-mini-deep-research",
  ])("%s", (model) => {
    expect(isReasoningModel(model)).toBe(true)
  })
})

describe("other models are not taken for one", () => {
  test.each([
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-5-chat-latest",
    "claude-sonnet-4-5",
    "gemini-2.5-flash",
    "deepseek-chat",
    "grok-4-fast-non-reasoning",
    "glm-4-flash",
    "llama-3.3-70b-instruct",
    "mistral-large-latest",
    "qwen-max",
    "text-embedding-3-small",
    "foo1",
    "",
  ])("%s", (model) => {
    expect(isReasoningModel(model)).toBe(false)
  })
})
