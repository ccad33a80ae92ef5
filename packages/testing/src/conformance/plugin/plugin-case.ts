import type { Plugin } from "@bellwether/core"

/** The plugin under test, and where it is tested. */
export interface PluginSubject {
  /** Makes the plugin anew. */
  readonly create: () => Plugin
  /** Makes what stands before it in a pipeline. */
  readonly before: () => readonly Plugin[]
}

/** One thing every plugin must keep to. */
export interface PluginCase {
  readonly title: string
  /** Says nothing new beside another plugin. */
  readonly isSolitary?: true
  run(subject: PluginSubject): Promise<void>
}
