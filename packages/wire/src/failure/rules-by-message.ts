import type { ClassifierRule } from "./classifier-rule.ts"

const phrases = (...sources: readonly string[]): RegExp => new RegExp(sources.join("|"), "i")

/**
 * Whole phrases only, and only with a status that goes with them: a bare "credit" or "balance" also stands in the
 * words of callers that a provider quotes back.
 */
export const byMessage: readonly ClassifierRule[] = [
  {
    class: "context-length",
    status: [400, 413, 422, 500, "none"],
    message: phrases(
      "maximum context length",
      "maximum prompt length is",
      String.raw`context[ _-](?:length|window|size)[ _-]exceeded`,
      String.raw`context window exceeds limit`,
      String.raw`exceed\w* (?:the |your |this |its )?(?:model'?s? )?(?:maximum |available |configured )?context`,
      String.raw`(?:longer|greater) than the (?:model'?s? )?context`,
      "(?:prompt|input) is too long",
      String.raw`input token count.{0,40}exceeds`,
      "input tokens exceed the configured limit",
      "exceeded model token limit",
      "exceeds the maximum number of tokens allowed",
      String.raw`too large for model with \d+ maximum context`,
      "range of input length should be",
      "reduce the length of (?:the|your) (?:messages|prompt|input)",
    ),
  },
  {
    class: "content-policy",
    status: [400, 422, "none"],
    message: phrases(
      "content[ _-](?:management|filtering|filter|usage) policy",
      "flagged as potentially violating",
      String.raw`violat\w+ (?:of )?(?:our|the) (?:content|usage) polic`,
      "rejected (?:as a result of|by) (?:our|the) safety system",
      "may contain (?:inappropriate|sensitive) content",
    ),
  },
  {
    class: "credential",
    status: [400, 403, "none"],
    message: phrases(
      String.raw`\b(?:invalid|incorrect|expired|revoked|disabled|unknown|missing|malformed) (?:api[ _-]?key|access token|auth\w* token|credentials?)\b`,
      String.raw`\b(?:api[ _-]?key|access token|auth\w* token)\b.{0,60}\b(?:(?:is )?not valid|is invalid|(?:has |is )?expired|(?:has been |is |was )?(?:revoked|disabled|deactivated|blocked|reported as leaked)|is (?:missing|required|incorrect)|not found|does not exist)`,
    ),
  },
  {
    class: "quota-exhausted",
    status: [400, 401, 402, 403, 429, "none"],
    message: phrases(
      "insufficient[ _](?:account )?(?:balance|credits?|funds|quota)",
      "balance is (?:too low|insufficient|not enough)",
      "not enough (?:balance|credits|quota)",
      "out of credits|no credits? (?:left|remaining)|requires more credits|used all available credits",
      "credits (?:are |have been )?(?:exhausted|depleted)",
      "exceeded your current quota|quota (?:is |has been )?exhausted",
      "billing hard limit",
      "(?:monthly|spend|spending|usage|budget|key) limit (?:has been )?(?:reached|exceeded)",
      "reached your specified (?:api )?usage limits",
      "余额不足|额度不足|额度已用尽|配额不足|账户已欠费",
    ),
  },
  {
    class: "forbidden",
    status: [400],
    message: phrases("user location is not supported", "country, region, or territory not supported"),
  },
  {
    class: "overloaded",
    status: [429, "5xx", "none"],
    message: phrases(
      String.raw`\b(?:model|engine|server|service|system) is (?:currently |temporarily )?(?:overloaded|at capacity)`,
      "currently overloaded",
      "负载已饱和",
    ),
  },
  { class: "model-missing", status: [404, "none"], code: ["not_found_error"], message: /^model\b/i },
  {
    class: "model-missing",
    status: [400, 403, 404, 503, "none"],
    message: phrases(
      String.raw`\bmodels?:? ['"\`]?[\w./:@-]{1,200}['"\`]? (?:does not exist|do not exist|(?:is |was )?not found|has been (?:deprecated|decommissioned)|is not (?:available|a valid model))`,
      String.raw`\bis not a valid model id`,
      String.raw`\b(?:invalid|unknown|no such) model\b`,
      "no endpoints found",
      "no available channel for model",
      "deployment for this resource does not exist",
      "无可用渠道|模型不存在",
    ),
  },
]
