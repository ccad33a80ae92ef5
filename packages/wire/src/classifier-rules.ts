import type { ClassifierRule } from "./classifier-rule.ts"

/** The provider's own words for what is wrong: the most reliable sign, whatever the status. */
const byCode: readonly ClassifierRule[] = [
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

/**
 * Whole phrases only, and only with a status that goes with them: a bare "credit" or "balance" also stands in the
 * words of callers that a provider quotes back.
 */
const byMessage: readonly ClassifierRule[] = [
  {
    class: "context-length",
    status: [400, 413, 422, 500, "none"],
    message:
      /maximum context length|context[ _-](?:length|window|size)[ _-]exceeded|exceed\w*(?: the| your| this| its)?(?: model'?s?)?(?: maximum| available| configured)? context|context (?:window|length|size) of this model|(?:prompt|input) is too long|input token count .{0,40}exceeds|too large for model with \d+ maximum context|reduce the length of (?:the|your) (?:messages|prompt|input)/i,
  },
  {
    class: "content-policy",
    status: [400, 422, "none"],
    message:
      /content[ _-](?:management|filtering|filter|usage) policy|flagged as potentially violating|violat\w+ (?:of )?(?:our|the) (?:content|usage) polic|rejected (?:as a result of|by) (?:our|the) safety system/i,
  },
  {
    class: "credential",
    status: [400, 403, "none"],
    message:
      /\b(?:invalid|incorrect|expired|revoked|disabled|unknown|missing|malformed) (?:api[ _-]?key|access token|auth\w* token|credentials?)\b|\b(?:api[ _-]?key|access token|auth\w* token)\b.{0,60}\b(?:not valid|is invalid|(?:has |is )?expired|(?:has been |is |was )?(?:revoked|disabled|deactivated|blocked|reported as leaked)|is (?:missing|required|incorrect)|not found|does not exist)/i,
  },
  {
    class: "quota-exhausted",
    status: [400, 401, 402, 403, 429, "none"],
    message:
      /insufficient[ _](?:account )?(?:balance|credits?|funds|quota)|balance is (?:too low|insufficient|not enough)|not enough (?:balance|credits|quota)|out of credits|no credits? (?:left|remaining)|requires more credits|credits (?:are |have been )?(?:exhausted|depleted)|exceeded your current quota|quota (?:is |has been )?exhausted|billing hard limit|(?:monthly|spend|spending|usage|budget|key) limit (?:has been )?(?:reached|exceeded)|reached your specified (?:api )?usage limits|余额不足|额度不足|额度已用尽|配额不足|账户已欠费/i,
  },
  {
    class: "forbidden",
    status: [400],
    message: /user location is not supported|country, region, or territory not supported/i,
  },
  {
    class: "overloaded",
    status: [429, "5xx", "none"],
    message:
      /\b(?:model|engine|server|service|system) is (?:currently |temporarily )?(?:overloaded|at capacity)|currently overloaded|负载已饱和/i,
  },
  { class: "model-missing", status: [404], code: ["not_found_error"], message: /^model\b/i },
  {
    class: "model-missing",
    status: [400, 403, 404, 503, "none"],
    message:
      /\bmodels?:? ['"`]?[\w./:@-]{1,200}['"`]? (?:does not exist|do not exist|is not found|not found|was not found|has been (?:deprecated|decommissioned)|is not (?:available|a valid model))|\bis not a valid model id|\b(?:invalid|unknown|no such) model\b|no endpoints found|no available channel for model|deployment for this resource does not exist|无可用渠道|模型不存在/i,
  },
]

/** What the status alone says. */
const byStatus: readonly ClassifierRule[] = [
  { class: "credential", status: [401] },
  { class: "quota-exhausted", status: [402] },
  { class: "forbidden", status: [403] },
  { class: "server-error", status: [408] },
  // A conflict or a lock is nobody's fault and passes: the official SDKs repeat it, and so may we.
  { class: "caller-fault", status: [409], sameTarget: true },
  { class: "rate-limited", status: [429] },
  { class: "overloaded", status: [498, 503, 529] },
  { class: "caller-fault", status: ["4xx"] },
  { class: "server-error", status: ["5xx"] },
]

/** Words too general to be believed against a status; they speak where there is none. */
const byGeneralCode: readonly ClassifierRule[] = [
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

/**
 * The classifier, as data: the first row that a failure meets decides its class. Codes and types come first, messages
 * next, statuses last.
 */
export const classifierRules: readonly ClassifierRule[] = [
  ...byCode,
  ...byMessage,
  ...byStatus,
  ...byGeneralCode,
]
