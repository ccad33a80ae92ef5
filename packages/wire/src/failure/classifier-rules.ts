import type { ClassifierRule } from "./classifier-rule.ts"
import { byCode, byGeneralCode } from "./rules-by-code.ts"
import { byMessage } from "./rules-by-message.ts"

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
  // Pages of proxies whose backend is gone or elsewhere. Others (400, 413, 431) may well speak of the request.
  {
    class: "broken-response",
    status: [404, 405, 410, 418, 421, 425, 451, 499],
    page: true,
    sameTarget: false,
  },
  // Asked for nothing of its own, an endpoint that finds nothing has neither the model nor the path.
  { class: "model-missing", status: [404], stateless: true },
  { class: "caller-fault", status: ["4xx"] },
  { class: "server-error", status: ["5xx"] },
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
