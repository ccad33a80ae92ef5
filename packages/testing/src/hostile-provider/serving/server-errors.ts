import { errorTable, proxyPage, type ProviderError } from "./provider-error.ts"

/** What Cloudflare shows when the machine behind it cannot be reached. */
const cloudflare = (status: number, what: string): ProviderError => ({
  status,
  openai: {
    html:
      `<!DOCTYPE html>\n<html lang="en-US">\n<head><title>api | ${status}: ${what}</title></head>\n` +
      `<body>\n<h1>${what} <span>Error code ${status}</span></h1>\n<p>Cloudflare Ray ID: 0123456789abcdef</p>\n` +
      `</body>\n</html>\n`,
  },
})

/** Errors that are the provider's own: trying again, or elsewhere, may help. */
export const serverErrors = errorTable({
  "request-timeout": {
    status: 408,
    openai: { message: "Request timed out.", type: "server_error", code: "request_timeout" },
  },
  "server-error": {
    status: 500,
    openai: {
      message:
        "The server had an error while processing your request. Sorry about that! You can retry your request, or " +
        "contact us through our help center at help.openai.com if the error persists.",
      type: "server_error",
      code: null,
    },
    azure: {
      json: {
        error: { code: "InternalServerError", message: "The server had an error processing your request." },
      },
    },
    anthropic: { type: "api_error", message: "Internal server error" },
  },
  "bad-gateway": { status: 502, openai: { html: proxyPage("502 Bad Gateway", "cloudflare") } },
  unavailable: {
    status: 503,
    openai: {
      message:
        "That model is currently overloaded with other requests. You can retry your request, or contact us through " +
        "our help center at help.openai.com if the error persists.",
      type: "server_error",
      code: null,
    },
    anthropic: { type: "api_error", message: "Service Unavailable" },
  },
  "gateway-timeout": {
    status: 504,
    openai: { html: proxyPage("504 Gateway Time-out", "nginx") },
    anthropic: { type: "timeout_error", message: "Request timed out" },
  },
  overloaded: {
    status: 529,
    headers: { "x-should-retry": "true" },
    openai: { message: "Overloaded", type: "overloaded_error", code: null },
    anthropic: { type: "overloaded_error", message: "Overloaded" },
  },
  "cloudflare-520": cloudflare(520, "Web server is returning an unknown error"),
  "cloudflare-521": cloudflare(521, "Web server is down"),
  "cloudflare-522": cloudflare(522, "Connection timed out"),
  "cloudflare-523": cloudflare(523, "Origin is unreachable"),
  "cloudflare-524": cloudflare(524, "A timeout occurred"),
  "cloudflare-525": cloudflare(525, "SSL handshake failed"),
  "cloudflare-526": cloudflare(526, "Invalid SSL certificate"),
})
