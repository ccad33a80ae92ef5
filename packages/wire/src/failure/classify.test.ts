import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { ClassifierRule } from "./classifier-rule.ts"
import { classifyResponse, classifyStreamError } from "./classify.ts"
import type { FailureClass } from "./failure-class.ts"
import { failureTable } from "./failure-table.ts"

const dateMs = Date.UTC(2026, 10, 23)

const openai = (message: string, code: string | null = null, type = "invalid_request_error"): string =>
  JSON.stringify({ error: { message, type, param: null, code } })
const anthropic = (type: string, message: string): string =>
  JSON.stringify({ type: "error", error: { type, message } })
const azure = (code: string, message: string): string => JSON.stringify({ error: { code, message } })

const classify = (
  status: number,
  body = "",
  headers: Record<string, string> = {},
  rules: readonly ClassifierRule[] = [],
) => classifyResponse({ status, headers: new Headers(headers), body }, dateMs, rules)

const responses: readonly (readonly [expected: FailureClass, what: string, status: number, body: string])[] =
  [
    ["caller-fault", "a bad parameter", 400, openai("Unsupported value: 'temperature'", "unsupported_value")],
    ["caller-fault", "a wrong method", 405, ""],
    [
      "caller-fault",
      "a body too large for Anthropic",
      413,
      anthropic("request_too_large", "Request exceeds the maximum size"),
    ],
    [
      "caller-fault",
      "a body too large for a proxy",
      413,
      "<html><title>413 Request Entity Too Large</title></html>",
    ],
    ["caller-fault", "a wrong media type", 415, ""],
    ["caller-fault", "a failed validation", 422, '{"detail":[{"loc":["body"],"msg":"field required"}]}'],
    ["caller-fault", "a status nobody knows", 418, ""],
    ["caller-fault", "a path nobody knows", 404, openai("Invalid URL (POST /v1/chat/completion)")],
    ["caller-fault", "Azure's word for a path nobody knows", 404, azure("404", "Resource not found")],
    ["caller-fault", "a file that is not there", 404, openai("No such File object: file-1", null)],
    ["caller-fault", "Anthropic's other missing things", 404, anthropic("not_found_error", "Not found")],
    [
      "caller-fault",
      "a text too long for its field",
      400,
      openai(
        "Invalid 'user': string too long. Expected a string with maximum length 64",
        "string_above_max_length",
      ),
    ],
    [
      "caller-fault",
      "words of the caller that sound like money",
      400,
      openai("Invalid value: 'credit'. Supported values are: 'balance', 'user'."),
    ],
    [
      "caller-fault",
      "a model that cannot do something",
      400,
      openai("The model `gpt-4o` does not support tools of this kind."),
    ],

    [
      "context-length",
      "OpenAI's code",
      400,
      openai("This model's maximum context length is 8192 tokens.", "context_length_exceeded"),
    ],
    [
      "context-length",
      "OpenAI's Responses",
      400,
      openai("Your input exceeds the context window of this model. Please adjust your input and try again."),
    ],
    [
      "context-length",
      "DeepSeek and vLLM",
      400,
      openai("This model's maximum context length is 65536 tokens. However, you requested 70000 tokens"),
    ],
    [
      "context-length",
      "OpenRouter",
      400,
      '{"error":{"message":"This endpoint\'s maximum context length is 131072 tokens. However, you requested about 132463 tokens","code":400}}',
    ],
    [
      "context-length",
      "Anthropic's prompt",
      400,
      anthropic("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
    ],
    [
      "context-length",
      "Anthropic's sum",
      400,
      anthropic(
        "invalid_request_error",
        "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
      ),
    ],
    [
      "context-length",
      "Groq",
      400,
      openai("Please reduce the length of the messages or completion.", "context_length_exceeded"),
    ],
    [
      "context-length",
      "Mistral",
      400,
      '{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_prompt","code":"3051"}',
    ],
    [
      "context-length",
      "llama.cpp",
      400,
      '{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error"}}',
    ],
    [
      "context-length",
      "Gemini",
      400,
      '[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]',
    ],
    [
      "context-length",
      "xAI",
      400,
      openai("This model's maximum prompt length is 131072 but the request contains 200000 tokens."),
    ],
    ["context-length", "Moonshot", 400, openai("Your request exceeded model token limit: 8192")],
    ["context-length", "Bedrock", 400, '{"message":"Input is too long for requested model."}'],

    [
      "content-policy",
      "OpenAI's images",
      400,
      openai("Your request was rejected as a result of our safety system.", "content_policy_violation"),
    ],
    [
      "content-policy",
      "OpenAI's reasoning models",
      400,
      openai(
        "Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
        "invalid_prompt",
      ),
    ],
    [
      "content-policy",
      "Azure's filter",
      400,
      '{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI\'s content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}',
    ],
    [
      "content-policy",
      "Anthropic",
      400,
      anthropic("invalid_request_error", "Output blocked by content filtering policy"),
    ],
    [
      "content-policy",
      "Alibaba",
      400,
      openai(
        "Input data may contain inappropriate content.",
        "data_inspection_failed",
        "data_inspection_failed",
      ),
    ],
    [
      "content-policy",
      "a relay's word list",
      400,
      openai("sensitive words detected", "sensitive_words_detected", "new_api_error"),
    ],

    [
      "model-missing",
      "OpenAI",
      404,
      openai("The model `gpt-9` does not exist or you do not have access to it.", "model_not_found"),
    ],
    [
      "model-missing",
      "a project without access to it",
      403,
      openai("Project `p` does not have access to model `gpt-9`", "model_not_found"),
    ],
    [
      "model-missing",
      "Azure",
      404,
      azure("DeploymentNotFound", "The API deployment for this resource does not exist."),
    ],
    ["model-missing", "Anthropic", 404, anthropic("not_found_error", "model: claude-9")],
    [
      "model-missing",
      "vLLM",
      404,
      '{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}',
    ],
    [
      "model-missing",
      "Ollama",
      404,
      '{"error":{"message":"model \\"llama9\\" not found, try pulling it first","type":"api_error","param":null,"code":null}}',
    ],
    [
      "model-missing",
      "Mistral",
      400,
      '{"object":"error","message":"Invalid model: mistral-9","type":"invalid_model","param":null,"code":"1500"}',
    ],
    [
      "model-missing",
      "OpenRouter's unknown",
      400,
      '{"error":{"message":"foo/bar is not a valid model ID","code":400}}',
    ],
    [
      "model-missing",
      "OpenRouter's unserved",
      404,
      '{"error":{"message":"No endpoints found for foo/bar.","code":404}}',
    ],
    [
      "model-missing",
      "Groq's retired",
      400,
      openai("The model `x` has been decommissioned", "model_decommissioned"),
    ],
    [
      "model-missing",
      "a relay without a channel for it",
      503,
      openai("No available channel for model gpt-9 under group default", "model_not_found", "new_api_error"),
    ],
    [
      "model-missing",
      "the same in Chinese",
      503,
      openai("当前分组 default 下对于模型 gpt-9 无可用渠道", null, "one_api_error"),
    ],

    ["credential", "a wrong key", 401, openai("Incorrect API key provided: sk-***", "invalid_api_key")],
    ["credential", "an unexplained 401", 401, ""],
    [
      "credential",
      "Azure",
      401,
      azure("401", "Access denied due to invalid subscription key or wrong API endpoint."),
    ],
    ["credential", "Anthropic", 401, anthropic("authentication_error", "invalid x-api-key")],
    [
      "credential",
      "Google's 400",
      400,
      '[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]',
    ],
    [
      "credential",
      "xAI's 400",
      400,
      '{"code":"Client specified an invalid argument","error":"Incorrect API key provided: ab***"}',
    ],
    [
      "credential",
      "a 403 that names the key",
      403,
      '{"error":{"code":403,"message":"Your API key was reported as leaked. Please use another API key.","status":"PERMISSION_DENIED"}}',
    ],
    [
      "credential",
      "a 403 whose code names the key",
      403,
      '{"code":403,"reason":"INVALID_API_KEY","type":"INVALID_API_KEY","message":"no key"}',
    ],

    ["forbidden", "an unexplained 403", 403, ""],
    [
      "forbidden",
      "a firewall's page",
      403,
      "<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>",
    ],
    [
      "forbidden",
      "Azure's network rules",
      403,
      azure("403", "Access denied due to Virtual Network/Firewall rules."),
    ],
    [
      "forbidden",
      "OpenRouter's moderation",
      403,
      '{"error":{"code":403,"message":"openai/gpt-4o requires moderation. Your input was flagged for \\"violence\\".","metadata":{"reasons":["violence"]}}}',
    ],
    [
      "forbidden",
      "a country",
      403,
      openai(
        "Country, region, or territory not supported",
        "unsupported_country_region_territory",
        "request_forbidden",
      ),
    ],
    [
      "forbidden",
      "Google's country",
      400,
      '[{"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}]',
    ],
    [
      "forbidden",
      "Anthropic's permission",
      403,
      anthropic("permission_error", "Your account does not have access to this resource"),
    ],
    [
      "forbidden",
      "words of money that are no phrase",
      403,
      openai("Your credit card country is not allowed to use balance transfers here"),
    ],

    [
      "quota-exhausted",
      "OpenAI",
      429,
      openai(
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        "insufficient_quota",
      ),
    ],
    [
      "quota-exhausted",
      "OpenAI's hard limit",
      400,
      openai("Billing hard limit has been reached", "billing_hard_limit_reached"),
    ],
    ["quota-exhausted", "an unexplained 402", 402, ""],
    [
      "quota-exhausted",
      "DeepSeek, whose code misleads",
      402,
      openai("Insufficient Balance", "invalid_request_error", "unknown_error"),
    ],
    [
      "quota-exhausted",
      "OpenRouter",
      402,
      '{"error":{"code":402,"message":"This request requires more credits, or fewer max_tokens."}}',
    ],
    [
      "quota-exhausted",
      "OpenRouter's key",
      403,
      '{"error":{"code":403,"message":"Key limit exceeded (total limit). Manage it in your settings"}}',
    ],
    [
      "quota-exhausted",
      "Anthropic's balance",
      400,
      anthropic(
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing",
      ),
    ],
    [
      "quota-exhausted",
      "Anthropic's spend limit",
      400,
      anthropic(
        "invalid_request_error",
        "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.",
      ),
    ],
    [
      "quota-exhausted",
      "Moonshot",
      429,
      openai("Your account is suspended, please check your plan", null, "exceeded_current_quota_error"),
    ],
    [
      "quota-exhausted",
      "SiliconFlow",
      403,
      '{"code":30001,"message":"Sorry, your account balance is insufficient","data":null}',
    ],
    [
      "quota-exhausted",
      "a relay's user",
      403,
      openai("用户额度不足, 剩余额度: $0.00", "insufficient_user_quota", "new_api_error"),
    ],
    ["quota-exhausted", "a relay's token", 401, openai("该令牌额度已用尽", null, "one_api_error")],
    [
      "quota-exhausted",
      "Alibaba's debt",
      400,
      openai("Access denied, please make sure your account is in good standing.", "Arrearage", "Arrearage"),
    ],
    [
      "quota-exhausted",
      "a proxy's budget",
      400,
      openai("Budget has been exceeded! Current cost: 1.0, Max budget: 0.5", "400", "budget_exceeded"),
    ],

    [
      "rate-limited",
      "OpenAI",
      429,
      openai(
        "Rate limit reached for gpt-4o on requests per min (RPM): Limit 500",
        "rate_limit_exceeded",
        "requests",
      ),
    ],
    ["rate-limited", "an unexplained 429", 429, ""],
    [
      "rate-limited",
      "Azure",
      429,
      azure(
        "429",
        "Requests to the ChatCompletions_Create Operation have exceeded token rate limit. Please retry after 6 seconds.",
      ),
    ],
    [
      "rate-limited",
      "Anthropic",
      429,
      anthropic("rate_limit_error", "This request would exceed your organization's rate limit"),
    ],
    [
      "rate-limited",
      "Google, although it speaks of a quota",
      429,
      '[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details. Please retry in 34.07s.","status":"RESOURCE_EXHAUSTED"}}]',
    ],
    [
      "rate-limited",
      "Mistral",
      429,
      '{"object":"error","message":"Service tier capacity exceeded for this model.","type":"service_tier_capacity_exceeded","code":"3505"}',
    ],
    [
      "rate-limited",
      "Alibaba",
      429,
      openai(
        "Allocated quota exceeded, please increase your quota limit.",
        "insufficient_quota",
        "insufficient_quota",
      ),
    ],
    [
      "rate-limited",
      "Alibaba's own grammar",
      429,
      '{"code":"Throttling.RateQuota","message":"Requests rate limit exceeded"}',
    ],
    [
      "rate-limited",
      "Groq's 413",
      413,
      openai(
        "Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 7000",
        "rate_limit_exceeded",
        "tokens",
      ),
    ],
    [
      "rate-limited",
      "a 503 that says it is one",
      503,
      '{"error":{"type":"rate_limit_error","message":"slow"}}',
    ],

    ["overloaded", "an unexplained 503", 503, ""],
    ["overloaded", "Anthropic's 529", 529, anthropic("overloaded_error", "Overloaded")],
    ["overloaded", "a 529 without words", 529, ""],
    ["overloaded", "a 500 that says so", 500, openai("Overloaded", null, "overloaded_error")],
    [
      "overloaded",
      "OpenAI's 429",
      429,
      openai("The engine is currently overloaded, please try again later", null, "server_error"),
    ],
    [
      "overloaded",
      "Moonshot's 429",
      429,
      openai("The engine is currently overloaded", null, "engine_overloaded_error"),
    ],
    [
      "overloaded",
      "Google",
      503,
      '[{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}]',
    ],
    ["overloaded", "Groq's flex tier", 498, ""],
    [
      "overloaded",
      "a relay's saturated upstream",
      429,
      openai("当前分组上游负载已饱和，请稍后再试", null, "one_api_error"),
    ],

    ["server-error", "an unexplained 500", 500, ""],
    ["server-error", "a 502's page", 502, "<html><head><title>502 Bad Gateway</title></head></html>"],
    ["server-error", "a 504", 504, ""],
    ["server-error", "Anthropic's 504", 504, anthropic("timeout_error", "Request timed out")],
    ["server-error", "a 408", 408, azure("Timeout", "The operation was timeout.")],
    [
      "server-error",
      "Cloudflare's 520",
      520,
      "<!DOCTYPE html><title>520: Web server is returning an unknown error</title>",
    ],
    ["server-error", "Cloudflare's 524", 524, "error code: 524"],
    ["server-error", "a status of another world", 600, ""],
    [
      "server-error",
      "a 500 that speaks of the caller",
      500,
      openai("The server had an error", null, "invalid_request_error"),
    ],

    ["broken-response", "a 200", 200, "whatever"],
    ["overloaded", "a 200 whose words are known", 200, anthropic("overloaded_error", "Overloaded")],
  ]

describe("a failed response", () => {
  test.each(responses)("is %s for %s (%i)", (expected, _, status, body) => {
    expect(classify(status, body).class).toBe(expected)
  })

  test("of any status and body has a class of the table and a usable hint", () => {
    const header = fc.constantFrom(
      "retry-after",
      "retry-after-ms",
      "x-should-retry",
      "x-ratelimit-reset-requests",
    )
    const value = fc.stringMatching(/^[ -~]{0,40}$/)
    fc.assert(
      fc.property(
        fc.integer({ min: -1, max: 1000 }),
        fc.oneof(fc.string(), fc.json()),
        fc.dictionary(header, value),
        (status, body, headers) => {
          const { class: failureClass, retryAfterMs } = classify(status, body, headers)
          expect(failureTable[failureClass]).toBeDefined()
          expect(retryAfterMs ?? 0).toBeGreaterThanOrEqual(0)
          expect(Number.isFinite(retryAfterMs ?? 0)).toBe(true)
        },
      ),
    )
  })

  test("carries the provider's error", () => {
    expect(classify(400, openai("No", "nope")).error).toEqual({
      message: "No",
      type: "invalid_request_error",
      code: "nope",
    })
  })
})

describe("a code or a type", () => {
  test.each([
    ["context-length", "context_length_exceeded context_window_exceeded exceed_context_size_error"],
    [
      "content-policy",
      "content_policy_violation content_filter ResponsibleAIPolicyViolation image_content_policy_violation moderation_blocked data_inspection_failed DataInspectionFailed SensitiveContentDetected.Text sensitive_words_detected prompt_blocked",
    ],
    [
      "model-missing",
      "model_not_found DeploymentNotFound model_decommissioned model_not_available invalid_model unknown_model unavailable_model ModelNotFound ModelNotOpen InvalidEndpointOrModel.NotFound",
    ],
    [
      "quota-exhausted",
      "insufficient_quota billing_hard_limit_reached billing_not_active billing_error budget_exceeded exceeded_current_quota_error insufficient_user_quota pre_consume_token_quota_failed insufficient_balance insufficient_credits insufficient_funds not_enough_balance entitlement_daily_limit_exceeded entitlement_total_limit_exceeded usage_limit_reached AccountOverdueError Arrearage",
    ],
    [
      "credential",
      "invalid_api_key invalid_authentication_error authentication_error account_deactivated expired_api_key InvalidApiKey UNAUTHENTICATED",
    ],
    ["forbidden", "unsupported_country_region_territory"],
    [
      "overloaded",
      "overloaded_error engine_overloaded_error engine_overloaded server_overloaded ServerOverloaded service_unavailable service_unavailable_error ServiceUnavailable ServiceUnavailableException UNAVAILABLE slow_down NoCapacity",
    ],
    [
      "rate-limited",
      "rate_limit_exceeded rate_limit_error rate_limit_reached_error too_many_requests TooManyRequests RateLimitReached RateLimitExceeded.EndpointTPMExceeded RESOURCE_EXHAUSTED Throttling.RateQuota ThrottlingException limit_requests",
    ],
  ] as const)("of %s decides whatever the status: %s", (expected, words) => {
    for (const word of words.split(" ")) {
      for (const status of [400, 403, 429, 500, 503]) {
        expect([word, status, classify(status, openai("", word)).class]).toEqual([word, status, expected])
        expect([word, status, classify(status, openai("", null, word)).class]).toEqual([
          word,
          status,
          expected,
        ])
      }
      expect(classifyStreamError({ code: word }).class).toBe(expected)
    }
  })

  test.each([
    [
      "server-error",
      "server_error api_error internal_server_error internal_error INTERNAL timeout_error DEADLINE_EXCEEDED",
    ],
    ["forbidden", "permission_error permission_denied_error PERMISSION_DENIED"],
    [
      "caller-fault",
      "invalid_request_error invalid_prompt invalid_image request_too_large not_found_error INVALID_ARGUMENT",
    ],
  ] as const)("too general to be believed against a status is %s without one: %s", (expected, words) => {
    for (const word of words.split(" ")) {
      expect([word, classifyStreamError({ code: word }).class]).toEqual([word, expected])
      expect([word, classify(402, openai("", word)).class]).toEqual([word, "quota-exhausted"])
    }
  })

  test("that only begins like a known one is another", () => {
    expect(classify(400, openai("", "model_not_found_yet")).class).toBe("caller-fault")
  })
})

describe("x-should-retry", () => {
  test.each([
    ["true", true],
    [" False ", false],
  ])("%s overrides whether the same target may be tried again", (value, sameTarget) => {
    expect(classify(500, "", { "x-should-retry": value }).sameTarget).toBe(sameTarget)
    expect(classify(400, "", { "x-should-retry": value }).sameTarget).toBe(sameTarget)
  })

  test("that says neither yes nor no is ignored", () => {
    expect(classify(500, "", { "x-should-retry": "maybe" })).not.toHaveProperty("sameTarget")
  })

  test("wins over what a 409 allows", () => {
    expect(classify(409).sameTarget).toBe(true)
    expect(classify(409, "", { "x-should-retry": "false" }).sameTarget).toBe(false)
  })
})

describe("a hint when to come back", () => {
  test("comes from the headers of any failure", () => {
    expect(classify(503, "", { "retry-after": "7" }).retryAfterMs).toBe(7000)
    expect(classify(401, "", { "retry-after": "7" }).retryAfterMs).toBe(7000)
  })

  test("comes from a rate limit's reset only where waiting for it helps", () => {
    const headers = { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1s" }
    expect(classify(429, "", headers).retryAfterMs).toBe(1000)
    expect(classify(429, openai("", "insufficient_quota"), headers)).not.toHaveProperty("retryAfterMs")
    expect(classify(400, "", headers)).not.toHaveProperty("retryAfterMs")
  })

  test.each([
    ["Please try again in 6.2s. Visit the console.", 6200],
    ["Please try again in 20ms.", 20],
    ["Please try again in 6m0s.", 360_000],
    ["Please retry after 6 seconds.", 6000],
    ["Please retry in 34.07s.", 34_070],
    ["Try again in about 2 minutes 5 seconds", 125_000],
    ["No deployments available, Try again in 5 seconds. Passed model=x", 5000],
  ])("comes from the message %j when no header has one", (message, delayMs) => {
    expect(classify(429, openai(message)).retryAfterMs).toBe(delayMs)
    expect(classify(429, openai(message), { "retry-after": "1" }).retryAfterMs).toBe(1000)
  })

  test.each([
    "Please try again later.",
    "try again in a while",
    "retry in 5 parsecs",
    "retry after 99999999999999999999 days",
  ])("is absent or bounded for the message %j", (message) => {
    expect(classify(429, openai(message)).retryAfterMs ?? 0).toBeLessThanOrEqual(35 * 86_400_000)
  })
})

describe("what a row says beside the class", () => {
  test("a request larger than the window is not repeated and gates nobody", () => {
    const body = openai(
      "Request too large for gpt-4 on tokens per min (TPM): Limit 10000, Requested 12000.",
      "rate_limit_exceeded",
      "tokens",
    )
    expect(classify(429, body)).toMatchObject({ class: "rate-limited", sameTarget: false, scope: "none" })
  })

  test("a limit on calls at once gates the key", () => {
    const body = openai(
      "Your account reached max organization concurrency: 3, please try again after 1 seconds",
      null,
      "rate_limit_reached_error",
    )
    expect(classify(429, body)).toMatchObject({ class: "rate-limited", scope: "key", retryAfterMs: 1000 })
  })
})

describe("a user's rows", () => {
  test("are looked at before ours", () => {
    const rules: readonly ClassifierRule[] = [{ class: "overloaded", status: [400], message: /warming up/ }]
    expect(classify(400, openai("The model is warming up"), {}, rules).class).toBe("overloaded")
    expect(classify(400, openai("Bad"), {}, rules).class).toBe("caller-fault")
  })

  test("may match by code in any case, by hundreds of statuses, and with a global expression, again and again", () => {
    const rules: readonly ClassifierRule[] = [
      { class: "forbidden", code: ["Blocked_By_Us"], status: ["4xx"] },
      { class: "overloaded", message: /busy/g },
    ]
    for (const _ of [1, 2, 3]) {
      expect(classify(451, openai("", "blocked_by_us"), {}, rules).class).toBe("forbidden")
      expect(classify(500, openai("", "blocked_by_us"), {}, rules).class).toBe("server-error")
      expect(classify(500, openai("busy"), {}, rules).class).toBe("overloaded")
    }
  })
})

describe("an error inside a stream", () => {
  test.each([
    ["overloaded", { type: "overloaded_error", message: "Overloaded" }],
    ["rate-limited", { code: "rate_limit_exceeded", message: "Slow down" }],
    ["rate-limited", { code: "429", message: "Rate limited" }],
    ["quota-exhausted", { code: "402", message: "Insufficient credits" }],
    ["credential", { code: "401", message: "No auth" }],
    ["credential", { message: "Incorrect API key provided" }],
    ["server-error", { code: "502", message: "Provider returned error" }],
    ["server-error", { code: "server_error", message: "The model failed to generate a response" }],
    ["server-error", { type: "api_error", message: "Internal server error" }],
    ["context-length", { code: "context_length_exceeded", message: "Too long" }],
    ["content-policy", { code: "content_filter" }],
    ["caller-fault", { type: "invalid_request_error", message: "Image could not be processed" }],
    ["model-missing", { type: "not_found_error", message: "model: claude-9" }],
    ["broken-response", { message: "stream interrupted" }],
    ["broken-response", { code: "bad_response_status_code", type: "upstream_error" }],
    ["broken-response", {}],
  ] as const)("is %s for %j", (expected, error) => {
    expect(classifyStreamError(error)).toMatchObject({ class: expected, error })
  })

  test("tells the wait that its message asks for", () => {
    const error = { code: "rate_limit_exceeded", message: "Please try again in 1.5s" }
    expect(classifyStreamError(error).retryAfterMs).toBe(1500)
  })

  test("meets a user's rows first, as one without a status", () => {
    const rules: readonly ClassifierRule[] = [
      { class: "overloaded", status: ["none"], message: /interrupted/ },
    ]
    expect(classifyStreamError({ message: "stream interrupted" }, rules).class).toBe("overloaded")
  })
})

describe("a 404 that names no model", () => {
  const html = { status: 404, headers: new Headers({ "content-type": "text/html" }), body: "<html>nginx" }
  const json = { status: 404, headers: new Headers(), body: '{"detail":"Not Found"}' }

  test("is a broken answer as a proxy's page", () => {
    expect(classifyResponse(html, 0)).toMatchObject({ class: "broken-response", sameTarget: false })
  })

  test("is the endpoint's, where any endpoint could have answered", () => {
    expect(classifyResponse(json, 0, [], { residence: "stateless" }).class).toBe("model-missing")
    expect(classifyResponse(json, 0, [], { residence: "lives" }).class).toBe("caller-fault")
  })
})
