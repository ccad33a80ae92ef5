import { errorTable, proxyPage } from "./provider-error.ts"

/** Errors about who is asking: the key, the account behind it, its money, its pace. */
export const accountErrors = errorTable({
  "missing-key": {
    status: 401,
    openai: {
      message:
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer " +
        "auth (i.e. Authorization: Bearer YOUR_KEY).",
      type: "invalid_request_error",
      code: null,
    },
    anthropic: { type: "authentication_error", message: "x-api-key header is required" },
  },
  "invalid-key": {
    status: 401,
    openai: {
      message:
        "Incorrect API key provided: {key}. You can find your API key at https://platform.openai.com/account/api-keys.",
      type: "invalid_request_error",
      code: "invalid_api_key",
    },
    azure: {
      json: {
        error: {
          code: "401",
          message:
            "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key " +
            "for an active subscription and use a correct regional API endpoint for your resource.",
        },
      },
    },
    anthropic: { type: "authentication_error", message: "invalid x-api-key" },
  },
  "key-disabled": {
    status: 403,
    openai: {
      json: {
        error: {
          code: 403,
          message: "Your API key was reported as leaked. Please use another API key.",
          status: "PERMISSION_DENIED",
        },
      },
    },
    anthropic: { type: "permission_error", message: "Your API key has been disabled." },
  },
  "permission-denied": {
    status: 403,
    openai: {
      message: "You are not allowed to perform this operation.",
      type: "permission_denied_error",
      code: null,
    },
    anthropic: {
      type: "permission_error",
      message: "Your API key does not have permission to use the specified resource.",
    },
  },
  "model-forbidden": {
    status: 403,
    openai: {
      message: "Project `proj_hostile` does not have access to model `{model}`",
      type: "invalid_request_error",
      code: "model_not_found",
    },
    anthropic: { status: 404, type: "not_found_error", message: "model: {model}" },
  },
  moderation: {
    status: 403,
    openai: {
      json: {
        error: {
          code: 403,
          message:
            '{model} requires moderation. Your input was flagged for "violence". No credits were charged.',
          metadata: { reasons: ["violence"], flagged_input: "…", provider_name: "OpenAI" },
        },
      },
    },
  },
  region: {
    status: 403,
    openai: {
      message: "Country, region, or territory not supported",
      type: "request_forbidden",
      code: "unsupported_country_region_territory",
    },
    anthropic: { type: "forbidden", message: "Request not allowed" },
  },
  firewall: { status: 403, openai: { html: proxyPage("403 Forbidden", "cloudflare") } },
  "payment-required": {
    status: 402,
    openai: { message: "Insufficient Balance", type: "unknown_error", code: "invalid_request_error" },
    anthropic: { type: "billing_error", message: "There is a problem with your billing details." },
  },
  "insufficient-quota": {
    status: 429,
    openai: {
      message:
        "You exceeded your current quota, please check your plan and billing details. For more information on this " +
        "error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
      type: "insufficient_quota",
      code: "insufficient_quota",
    },
    anthropic: {
      status: 400,
      type: "invalid_request_error",
      message:
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or " +
        "purchase credits.",
    },
  },
  "balance-exhausted": {
    status: 403,
    openai: {
      message: "用户额度不足, 剩余额度: ＄0.000000 (request id: 20261123000000000000001)",
      type: "new_api_error",
      code: "insufficient_user_quota",
    },
  },
  // Real ones say when to try again; here that is up to the fault's `retryAfter`, so that there can be no hint.
  "rate-limited": {
    status: 429,
    openai: {
      message:
        "Rate limit reached for {model} in organization org-hostile on requests per min (RPM): Limit 3, Used 3, " +
        "Requested 1. Visit https://platform.openai.com/account/rate-limits to learn more.",
      type: "requests",
      code: "rate_limit_exceeded",
    },
    azure: {
      json: {
        error: {
          code: "429",
          message:
            "Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded call rate limit " +
            "of your current OpenAI S0 pricing tier.",
        },
      },
    },
    anthropic: {
      type: "rate_limit_error",
      message: "This request would exceed the rate limit for your organization of 50 requests per minute.",
    },
  },
  "too-many-at-once": {
    status: 429,
    openai: {
      json: {
        error: {
          message:
            "Your account org-hostile request reached max organization concurrency: 1, please try again after 1 seconds",
          type: "rate_limit_reached_error",
        },
      },
    },
    anthropic: {
      type: "rate_limit_error",
      message: "Number of concurrent connections has exceeded your rate limit.",
    },
  },
})
