import { errorTable, proxyPage } from "./provider-error.ts"

/** Errors that are the request's fault: no other endpoint would do better, with few exceptions. */
export const callerErrors = errorTable({
  "invalid-request": {
    status: 400,
    openai: {
      message: "Invalid type for 'messages': expected an array of objects, but got a string instead.",
      type: "invalid_request_error",
      param: "messages",
      code: "invalid_type",
    },
    anthropic: { type: "invalid_request_error", message: "messages: Input should be a valid list" },
  },
  "malformed-request": {
    status: 400,
    openai: {
      message:
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP " +
        "library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
      type: "invalid_request_error",
      code: null,
    },
    anthropic: { type: "invalid_request_error", message: "The request body is not valid JSON" },
  },
  "missing-model": {
    status: 400,
    openai: { message: "you must provide a model parameter", type: "invalid_request_error", code: null },
    anthropic: { type: "invalid_request_error", message: "model: Field required" },
  },
  "prefill-unsupported": {
    status: 400,
    openai: {
      message:
        "This model does not support assistant message prefill. The conversation must end with a user message.",
      type: "invalid_request_error",
      param: "messages",
      code: null,
    },
  },
  "context-length": {
    status: 400,
    openai: {
      message:
        "This model's maximum context length is 128000 tokens. However, your messages resulted in 131072 tokens. " +
        "Please reduce the length of the messages.",
      type: "invalid_request_error",
      param: "messages",
      code: "context_length_exceeded",
    },
    anthropic: {
      type: "invalid_request_error",
      message: "prompt is too long: 208310 tokens > 200000 maximum",
    },
  },
  "content-policy": {
    status: 400,
    openai: {
      message:
        "Your request was rejected as a result of our safety system. Your prompt may contain text that is not " +
        "allowed by our safety system.",
      type: "invalid_request_error",
      code: "content_policy_violation",
    },
    anthropic: { type: "invalid_request_error", message: "Output blocked by content filtering policy" },
  },
  "content-filter": {
    status: 400,
    openai: {
      json: {
        error: {
          message:
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. " +
            "Please modify your prompt and retry.",
          type: null,
          param: "prompt",
          code: "content_filter",
          status: 400,
          innererror: {
            code: "ResponsibleAIPolicyViolation",
            content_filter_result: { violence: { filtered: true, severity: "medium" } },
          },
        },
      },
    },
  },
  "model-missing": {
    status: 404,
    openai: {
      message: "The model `{model}` does not exist or you do not have access to it.",
      type: "invalid_request_error",
      code: "model_not_found",
    },
    azure: {
      json: {
        error: {
          code: "DeploymentNotFound",
          message:
            "The API deployment for this resource does not exist. If you created the deployment within the last " +
            "5 minutes, please wait a moment and try again.",
        },
      },
    },
    anthropic: { type: "not_found_error", message: "model: {model}" },
  },
  "unknown-path": {
    status: 404,
    openai: { message: "Invalid URL", type: "invalid_request_error", code: "unknown_url" },
    azure: { json: { error: { code: "404", message: "Resource not found" } } },
    anthropic: { type: "not_found_error", message: "Not Found" },
  },
  "previous-response-missing": {
    status: 400,
    openai: {
      message: "Previous response not found.",
      type: "invalid_request_error",
      param: "previous_response_id",
      code: "previous_response_not_found",
    },
  },
  "unknown-id": {
    status: 404,
    openai: { message: "No such object.", type: "invalid_request_error", param: "id", code: null },
    anthropic: { type: "not_found_error", message: "Not found" },
  },
  "method-not-allowed": {
    status: 405,
    openai: {
      message: "Not allowed to {method} on this path.",
      type: "invalid_request_error",
      code: "method_not_supported",
    },
    anthropic: { type: "invalid_request_error", message: "Method Not Allowed" },
  },
  conflict: {
    status: 409,
    openai: {
      message: "The resource is being modified by another request. Please try again.",
      type: "invalid_request_error",
      code: "conflict",
    },
  },
  "too-large": {
    status: 413,
    openai: { html: proxyPage("413 Request Entity Too Large", "nginx") },
    anthropic: { type: "request_too_large", message: "Request exceeds the maximum size" },
  },
  "unsupported-media": {
    status: 415,
    openai: {
      message:
        "Unsupported content type: 'text/plain'. This API method only accepts 'application/json' requests.",
      type: "invalid_request_error",
      code: "unsupported_content_type",
    },
  },
  unprocessable: {
    status: 422,
    openai: {
      json: {
        detail: [
          { loc: ["body", "temperature"], msg: "value is not a valid float", type: "type_error.float" },
        ],
      },
    },
    anthropic: { type: "invalid_request_error", message: "temperature: Input should be a valid number" },
  },
})
