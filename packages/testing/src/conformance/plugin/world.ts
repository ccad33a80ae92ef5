import {
  createPipeline,
  ListenerFailed,
  seededRandom,
  type CallInput,
  type Fetch,
  type ListenerFailure,
  type Pipeline,
  type Plugin,
} from "@bellwether/core"
import type { Script } from "../../scripted-provider/script.ts"
import {
  scriptedFetch,
  scriptedProvider,
  type ScriptedProvider,
} from "../../scripted-provider/scripted-provider.ts"
import { virtualClock, type VirtualClock } from "../../virtual-clock.ts"
import type { PluginSubject } from "./plugin-case.ts"
import { watched, type PluginWatch } from "./plugin-watch.ts"
import { secrets } from "./questions.ts"
import { told, type Told } from "./told.ts"

/** How a world is. */
export interface WorldOptions {
  /** The plugin under test, where it is not to be made anew. */
  readonly plugin?: Plugin
  /** What stands behind the plugin. */
  readonly behind?: readonly Plugin[]
  /** What the primary does. @default all is well */
  readonly primary?: Script
  /** What the backup does. @default all is well */
  readonly backup?: Script
  /** Leaves a single target: one endpoint with one key. */
  readonly isSole?: boolean
  /** How fast the providers talk. @default at once */
  readonly tokensPerSecond?: number
  /** In place of the providers. */
  readonly fetch?: Fetch
  /** Goes on with what was learnt in another world, in the same time. */
  readonly after?: World
  /** A time that has begun. */
  readonly clock?: VirtualClock
  /** Those of the endpoints, in place of the usual ones. */
  readonly keys?: readonly [string, string, string]
  /** How often the admission is looked at before it is asked. */
  readonly peeks?: number
}

/** A pipeline with the plugin in it, and all that is around it, in a time of its own. */
export interface World {
  readonly clock: VirtualClock
  readonly pipeline: Pipeline
  readonly watch: PluginWatch
  readonly primary: ScriptedProvider
  readonly backup: ScriptedProvider
  /** Whatever threw where nothing may throw. */
  readonly thrown: readonly ListenerFailure[]
  /** Makes a call and reads its answer to the end; somebody must drive the clock. */
  ask(question: CallInput): Promise<Told>
  /** What the plugin tells of itself. */
  inspect(): unknown
  /** Lets everything run that this moment holds. */
  settle(): Promise<void>
}

/** Milliseconds a provider takes before its answer. */
const latencyMs = 300

/** Makes a {@link World}; two of the same options are the same to a hair. */
export const openWorld = ({ create, before }: PluginSubject, options: WorldOptions = {}): World => {
  const clock = options.after?.clock ?? options.clock ?? virtualClock()
  const provider = (name: string, script: Script = []): ScriptedProvider =>
    scriptedProvider({
      clock,
      origin: `https://${name}.test`,
      latencyMs,
      answer: () => secrets.answer,
      script,
      ...(options.tokensPerSecond !== undefined && { tokensPerSecond: options.tokensPerSecond }),
    })
  const primary = provider("primary", options.primary)
  const backup = provider("backup", options.backup)
  const [first, second, third] = options.keys ?? secrets.keys
  const keys = options.isSole === true ? [first] : [first, second]
  const watch = watched(options.plugin ?? create(), options)
  const pipeline = createPipeline({
    endpoints: [
      { id: "primary", baseURL: primary.baseURL, keys },
      ...(options.isSole === true ? [] : [{ id: "backup", baseURL: backup.baseURL, key: third }]),
    ],
    use: [...before(), watch.plugin, ...(options.behind ?? [])],
    fetch: options.fetch ?? scriptedFetch(primary, backup),
    clock,
    random: seededRandom(1),
    ...(options.after && { state: options.after.pipeline.state }),
  })
  const thrown: ListenerFailure[] = []
  pipeline.on(ListenerFailed, (failure) => void thrown.push(failure))
  return {
    clock,
    pipeline,
    watch,
    primary,
    backup,
    thrown,
    ask: async (question) => told(await pipeline.call(question), clock),
    inspect: () => pipeline.inspect().plugins[watch.plugin.name],
    settle: () => clock.advance(0),
  }
}

/** The same subject without its plugin: how things are if nobody interferes. */
export const without = (subject: PluginSubject): PluginSubject => ({
  ...subject,
  create: () => ({ name: "nobody", setup() {} }),
})
