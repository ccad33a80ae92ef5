import type { ClassifierRule } from "./classifier-rule.ts"

/** The provider's own words for what is wrong: the most reliable sign, whatever the status. */
export const byCode: readonly ClassifierRule[] = [
  {
    // The one request is larger than the window: no wait makes it smaller, and the next call may fit.
    class: "rate-limited",
    code: ["rate_limit_exceeded"],
    message: /request too large/i,
    sameTarget: false,
    scope: "none",
  },
  {
    // Alibaba names a throttle like OpenAI an empty account.
    class: "rate-limited",
    code: ["insufficient_quota"],
    message: /allocated quota exceeded/i,
  },
  {
    class: "context-length",
    code: ["context_length_exceeded", "context_window_exceeded", "exceed_context_size_error"],
  },
  {
    class: "content-policy",
    code: [
      "content_policy_violation",
      "content_filter",
      "ResponsibleAIPolicyViolation",
      "image_content_policy_violation",
      "moderation_blocked",
      "data_inspection_failed",
      "DataInspectionFailed",
      "SensitiveContentDetected",
      "sensitive_words_detected",
      "prompt_blocked",
    ],
  },
  {
    class: "model-missing",
    code: [
      "model_not_found",
      "DeploymentNotFound",
      "model_decommissioned",
      "model_not_available",
      "invalid_model",
      "unknown_model",
      "unavailable_model",
      "ModelNotFound",
      "ModelNotOpen",
      "InvalidEndpointOrModel",
    ],
  },
  {
    class: "quota-exhausted",
    code: [
      "insufficient_quota",
      "billing_hard_limit_reached",
      "billing_not_active",
      "billing_error",
      "budget_exceeded",
      "exceeded_current_quota_error",
      "insufficient_user_quota",
      "pre_consume_token_quota_failed",
      "insufficient_balance",
      "insufficient_credits",
      "insufficient_funds",
      "not_enough_balance",
      "entitlement_daily_limit_exceeded",
      "entitlement_total_limit_exceeded",
      "usage_limit_reached",
      "AccountOverdueError",
      "Arrearage",
    ],
  },
  {
    class: "credential",
    code: [
      "invalid_api_key",
      "invalid_authentication_error",
      "authentication_error",
      "account_deactivated",
      "expired_api_key",
      "InvalidApiKey",
      "UNAUTHENTICATED",
    ],
  },
  { class: "forbidden", code: ["unsupported_country_region_territory"] },
  {
    class: "overloaded",
    code: [
      "overloaded_error",
      "engine_overloaded_error",
      "engine_overloaded",
      "server_overloaded",
      "ServerOverloaded",
      "service_unavailable",
      "service_unavailable_error",
      "ServiceUnavailable",
      "ServiceUnavailableException",
      "UNAVAILABLE",
      "slow_down",
      "NoCapacity",
    ],
  },
  {
    // A limit on calls at once is the account's, whatever the model.
    class: "rate-limited",
    code: ["rate_limit_reached_error"],
    message: /organization (?:max )?concurrency/i,
    scope: "key",
  },
  {
    class: "rate-limited",
    code: [
      "rate_limit_exceeded",
      "rate_limit_error",
      "rate_limit_reached_error",
      "too_many_requests",
      "TooManyRequests",
      "RateLimitReached",
      "RateLimitExceeded",
      "RESOURCE_EXHAUSTED",
      "Throttling",
      "ThrottlingException",
      "limit_requests",
    ],
  },
]

/** Words too general to be believed against a status; they speak where there is none. */
export const byGeneralCode: readonly ClassifierRule[] = [
  {
    class: "server-error",
    code: [
      "server_error",
      "api_error",
      "internal_server_error",
      "internal_error",
      "INTERNAL",
      "timeout_error",
      "DEADLINE_EXCEEDED",
    ],
  },
  { class: "forbidden", code: ["permission_error", "permission_denied_error", "PERMISSION_DENIED"] },
  {
    class: "caller-fault",
    code: [
      "invalid_request_error",
      "invalid_prompt",
      "invalid_image",
      "request_too_large",
      "not_found_error",
      "INVALID_ARGUMENT",
    ],
  },
]
