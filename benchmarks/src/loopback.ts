import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import { bellwether } from "bellwether"
import { createOpenAI } from "bellwether/openai"
import OpenAI from "openai"
import { measure, print } from "./measure.ts"
import type { Contestant } from "./measure.ts"

const request = { model: "gpt-4o", messages: [{ role: "user" as const, content: "Say hello." }] }
const init = {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(request),
}

const times =
  (run: () => Promise<unknown>): Contestant =>
  async (count) => {
    for (let turn = 0; turn < count; turn++) await run()
  }

/** What a call costs over real HTTP; the server is a thread of its own. */
export async function loopback(): Promise<void> {
  const worker = new Worker(fileURLToPath(new URL("./loopback-server.ts", import.meta.url)))
  const [baseURL] = (await once(worker, "message")) as [string]
  try {
    const pipeline = bellwether({ endpoints: [{ id: "loopback", baseURL, key: "none" }] })
    const bare = new OpenAI({ baseURL, apiKey: "none" })
    const wrapped = createOpenAI({ endpoints: [{ id: "loopback", baseURL, key: "none" }] })
    print(
      "A call over loopback HTTP, 1 kB JSON, one at a time",
      await measure(
        {
          "global fetch": times(async () => (await fetch(`${baseURL}/chat/completions`, init)).json()),
          "global fetch, bellwether": times(async () =>
            (await pipeline.fetch("/chat/completions", init)).json(),
          ),
          "openai SDK": times(() => bare.chat.completions.create(request)),
          "openai SDK, bellwether": times(() => wrapped.chat.completions.create(request)),
        },
        { count: 400 },
      ),
    )
    await pipeline.close()
  } finally {
    await worker.terminate()
  }
}
