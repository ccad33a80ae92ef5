import type { Fetch } from "@bellwether/core"
import { claim } from "../claim.ts"
import { everythingIn } from "./everything-in.ts"
import type { PluginCase } from "./plugin-case.ts"
import { plainQuestion } from "./questions.ts"
import { openWorld, type World } from "./world.ts"

const well = (model: string): Response =>
  Response.json({ model, choices: [{ message: { content: "Well." }, finish_reason: "stop" }] })
const refused = (status: number, error: object, headers?: HeadersInit): Response =>
  Response.json({ error }, { status, ...(headers && { headers }) })

/** Most models are well; of the others there is something to remember. */
const answerFor = (model: string): Response => {
  switch (model.at(-1)) {
    case "1":
      return refused(404, { code: "model_not_found", message: `No ${model}.` })
    case "2":
      return refused(429, { message: "Too many." }, { "retry-after": "60" })
    case "3":
      return refused(500, { message: "Broken inside." })
    default:
      return well(model)
  }
}

const fetch: Fetch = async (_url, { body }) =>
  answerFor((JSON.parse(body as string) as { readonly model: string }).model)

const askFor = async ({ clock, pipeline }: World, from: number, to: number): Promise<void> => {
  for (let first = from; first < to; first += 100) {
    const asked = Array.from({ length: 100 }, (_, index) =>
      pipeline.call({ ...plainQuestion(`model-${first + index}`), deadlineMs: 10_000 }),
    )
    await clock.runUntil(Promise.all(asked), "A call")
  }
}

/** How much there is to tell, in characters. */
const told = ({ inspect, watch }: World): number =>
  everythingIn([inspect(), watch.services?.board.statements()]).length

export const modelsCase: PluginCase = {
  title: "what it remembers is bounded, however many models callers name",
  isSolitary: true,
  async run(subject) {
    const world = openWorld(subject, { fetch, isSole: true })
    await askFor(world, 0, 5_000)
    const before = told(world)
    await askFor(world, 5_000, 10_000)
    const after = told(world)
    const growth = `told after 5,000 models: ${before} characters, after 10,000: ${after}; bounded`
    claim(growth, after <= before * 1.5, true)
  },
}
