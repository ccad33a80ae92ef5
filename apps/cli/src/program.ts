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
import { statusCommand, tokenVariable } from "./commands/status.ts"
import type { StatusChoices } from "./commands/status.ts"
import type { Terminal } from "./terminal/terminal.ts"

/** Told the exit code of the command that ran. */
export type Exit = (code: number) => void

/** The `bellwether` command: what it can do, and what each part of it is told. */
export function createProgram(terminal: Terminal, interrupt: AbortSignal, exit: Exit): Command {
  const program = new Command("bellwether")
    .description("Keeps LLM calls alive when providers fail.")
    .showHelpAfterError("Say --help to see what there is.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.tell(text.trimEnd()),
    })
    .addHelpText("after", exitCodes)
  const add = (name: string, description: string): Command => program.command(name).description(description)
  const configured = (name: string, description: string): Command =>
    add(name, description).option("-c, --config <file>", "the config file (default: the one found here)")

  configured("probe", "ask every endpoint with every key how it is")
    .option(
      "-m, --model <model>",
      "ask this model for a few words, which costs a little, instead of for the models there are",
    )
    .option("-t, --timeout <ms>", "milliseconds for one answer", countingNumber, 10_000)
    .option("--json", "as JSON")
    .action(async (choices: ProbeChoices) => exit(await probeCommand(choices, terminal, interrupt)))

  configured("chat", "talk with a model through the config, and see where calls go")
    .argument("[words...]", "a question (default: asks for questions, or reads them line by line)")
    .requiredOption("-m, --model <model>", "the model")
    .option("-s, --system <words>", "what the model is told beforehand")
    .action(async (words: string[], choices: ChatChoices) =>
      exit(await chatCommand(words, choices, terminal, interrupt)),
    )

  configured(
    "plan",
    "the worst a config can do to a call: attempts, time, cost; and what in it has no effect",
  )
    .option("-m, --model <model>", "the model of the call (default: one that is served)")
    .option("--input <tokens>", "tokens of its request", tokens, 1_000)
    .option("--output <tokens>", "tokens of its answer", tokens, 1_000)
    .option("--calls-per-minute <count>", "the traffic there will be", countingNumber)
    .option("--json", "as JSON")
    .action(async (choices: PlanChoices) => exit(await planCommand(choices, terminal)))

  add("status", "show how a running gateway is")
    .option("-u, --url <url>", "where it listens", "http://127.0.0.1:8090")
    .option("--token <token>", `its status token (default: the variable ${tokenVariable})`)
    .option("--json", "as JSON")
    .action(async (choices: StatusChoices) => exit(await statusCommand(choices, terminal, interrupt)))

  configured("gateway", "run the gateway until it is stopped")
    .option("-p, --port <port>", "instead of the config's, 0 for any", wholeNumber)
    .action(({ config, port }: { config?: string; port?: number }) =>
      runGateway({ file: config, port, output: process.stdout }),
    )

  add("demo", "half a minute of outage, on providers of its own").action(async () =>
    exit(await outage(interrupt)),
  )

  add("init", "write a config by asking")
    .addOption(new Option("-f, --format <format>", "instead of asking").choices(["ts", "yaml", "json"]))
    .option("--force", "also where there is one, which is then kept as <file>.old")
    .action(async (choices: InitChoices) => exit(await initCommand(choices, terminal.isInteractive)))

  return program
}

const exitCodes = `
Exit codes: 0 all is well; 1 something is not, such as an endpoint that is down;
2 the command or the config is wrong; 130 interrupted.`

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.")
  return Number(text)
}

function countingNumber(text: string): number {
  const count = wholeNumber(text)
  if (count === 0) throw new InvalidArgumentError("It must be at least 1.")
  return count
}

/** No context is longer; the request is made in memory. */
const mostTokens = 10_000_000

function tokens(text: string): number {
  const count = countingNumber(text)
  if (count > mostTokens) throw new InvalidArgumentError(`It must be at most ${mostTokens}.`)
  return count
}
