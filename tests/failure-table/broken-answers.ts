import type { Fault } from "@bellwether/testing"
import type { Question } from "../support/questions.ts"
import { fault } from "./trouble.ts"
import type { Trouble } from "./trouble.ts"

/** A provider that promises an answer and gives none; the caller is told in our words. */
const broken = (name: string, question: Question, what: Fault, code: string): Trouble =>
  fault(name, what, { question, told: { status: 502, code } })

/** Every way in which an answer can go wrong behind a 200, while it can still be replaced. */
export const brokenAnswers: readonly Trouble[] = [
  broken("a web page", "chat", { kind: "body-html" }, "answer-broken"),
  broken("an empty body", "chat", { kind: "body-empty" }, "answer-broken"),
  broken("no body at all", "chat", { kind: "no-content" }, "answer-empty"),
  broken("JSON that lacks its end", "chat", { kind: "body-malformed" }, "answer-broken"),
  broken("a body that is cut", "chat", { kind: "body-cut" }, "answer-cut"),
  broken("a body that is reset", "chat", { kind: "body-cut", ending: "reset" }, "answer-cut"),
  broken("a chunked body that is cut", "chat", { kind: "body-cut", chunked: true }, "answer-cut"),
  broken("headers and a reset", "chat", { kind: "reset-after-headers" }, "answer-cut"),
  broken("bytes that are not HTTP", "chat", { kind: "not-http" }, "broken-response"),
  broken("plain text called gzip", "chat", { kind: "body-gzip", how: "plain" }, "answer-cut"),
  broken("broken gzip", "chat", { kind: "body-gzip", how: "broken" }, "answer-cut"),
  broken("gzip that is cut", "chat", { kind: "body-gzip", how: "cut" }, "answer-broken"),
  broken("a way to another origin", "chat", { kind: "redirect" }, "redirect-refused"),
  broken("a web page", "embeddings", { kind: "body-html" }, "answer-broken"),
  broken("a web page instead of a stream", "chat stream", { kind: "body-html" }, "answer-broken"),
  broken("JSON instead of a stream", "chat stream", { kind: "stream-as-json" }, "answer-broken"),
  broken("an empty stream", "chat stream", { kind: "stream-empty" }, "stream-cut"),
  broken("an empty stream", "messages stream", { kind: "stream-empty" }, "stream-cut"),
  broken("a stream cut before content", "chat stream", { kind: "stream-cut", afterContent: 0 }, "stream-cut"),
  broken(
    "a stream cut before content",
    "responses stream",
    { kind: "stream-cut", afterContent: 0 },
    "stream-cut",
  ),
  broken(
    "a stream closed before content",
    "chat stream",
    { kind: "stream-cut", afterContent: 0, ending: "close" },
    "answer-cut",
  ),
  broken(
    "a stream reset before content",
    "chat stream",
    { kind: "stream-reset", afterContent: 0 },
    "answer-cut",
  ),
  broken(
    "a garbled event before content",
    "chat stream",
    { kind: "stream-garbage", afterContent: 0 },
    "stream-malformed",
  ),
  broken("broken gzip of a stream", "chat stream", { kind: "body-gzip", how: "broken" }, "answer-cut"),
  broken(
    "an error in the body that says nothing known",
    "chat",
    { kind: "status", status: 200, body: { error: { message: "Something went wrong." } } },
    "answer-broken",
  ),
].map((trouble) => ({ ...trouble, name: `${trouble.name} to ${trouble.question}` }))
