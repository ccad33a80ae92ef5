import { outage } from "@bellwether/demo"
import { runGateway } from "@bellwether/gateway"
import { Command, InvalidArgumentError, Option } from "commander"
import { chatCommand } from "./commands/chat.ts"
import type { ChatChoices } from "./commands/chat.ts"
import { initCommand } from "./commands/init.ts"
import type { InitChoices } from "./commands/init.ts"
import { planCommand } from "./commands/plan.ts"
import type { PlanChoices } from "./commands/plan.ts"
import { probeCommand } from "./commands/probe.ts"
import type { ProbeChoices } from "./commands/probe.ts"
import { statusCommand } from "./commands/status.ts"
import type { StatusChoices } from "./commands/status.ts"
import type { Terminal } from "./terminal/terminal.ts"

/** Told the exit code of the command that ran. */
export type Exit = (code: number) => void

/** The `bellwether` command: what it can do, and what each part of it is told. */
export function createProgram(terminal: Terminal, exit: Exit): Command {
  const program = new Command("bellwether")
    .description("Keeps LLM calls alive when providers fail.")
    .showHelpAfterError("Say --help to see what there is.")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: (text) => terminal.tell(text.trimEnd()) })
    .addHelpText("after", exitCodes)
  const add = (name: string, description: string): Command =>
    program.command(name).description(description).exitOverride()
  const configured = (name: string, description: string): Command =>
    add(name, description).option("-c, --config <file>", "the config file (default: the one found here)")

  configured("probe", "ask every endpoint with every key how it is")
    .option(
      "-m, --model <model>",
      "ask for a few words of this model, which costs a little, not for the models",
    )
    .option("-t, --timeout <ms>", "milliseconds for one answer", wholeNumber, 10_000)
    .option("--json", "as JSON")
    .action(async (choices: ProbeChoices) => exit(await probeCommand(choices, terminal)))

  configured("chat", "talk with a model through the config; shows where calls go")
    .argument("[words...]", "a question (default: asks for questions, or reads them line by line)")
    .requiredOption("-m, --model <model>", "the model")
    .option("-s, --system <words>", "what the model is told beforehand")
    .action(async (words: string[], choices: ChatChoices) =>
      exit(await chatCommand(words, choices, terminal)),
    )

  configured(
    "plan",
    "the worst a config can do to a call: attempts, time, cost; and what in it has no effect",
  )
    .option("-m, --model <model>", "the model of the call (default: one that the first endpoint serves)")
    .option("--input <tokens>", "tokens of its request", wholeNumber, 1_000)
    .option("--output <tokens>", "tokens of its answer", wholeNumber, 1_000)
    .option("--calls-per-minute <count>", "the traffic there will be", wholeNumber)
    .option("--json", "as JSON")
    .action(async (choices: PlanChoices) => exit(await planCommand(choices, terminal)))

  add("status", "show how a running gateway is")
    .option("-u, --url <url>", "where it listens", "http://127.0.0.1:8090")
    .option("--token <token>", "its status token (default: BELLWETHER_STATUS_TOKEN)")
    .option("--json", "as JSON")
    .action(async (choices: StatusChoices) => exit(await statusCommand(choices, terminal)))

  configured("gateway", "run the gateway until it is stopped")
    .option("-p, --port <port>", "instead of the config's, 0 for any", wholeNumber)
    .action(async ({ config, port }: { config?: string; port?: number }) => {
      await runGateway({ file: config, port, output: process.stdout })
      exit(0)
    })

  add("demo", "half a minute of outage, on providers of its own").action(async () => {
    const stop = new AbortController()
    process.once("SIGINT", () => stop.abort())
    exit(await outage(stop.signal))
  })

  add("init", "write a config by asking")
    .addOption(new Option("-f, --format <format>", "instead of asking").choices(["ts", "yaml", "json"]))
    .option("--force", "also where there is one already")
    .action(async (choices: InitChoices) => exit(await initCommand(choices, terminal.isInteractive)))

  return program
}

const exitCodes = `
Exit codes: 0 all is well; 1 something is not, such as an endpoint that is down; 2 the command or the config is wrong.`

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It must be a whole number.")
  return Number(text)
}
