import { PipelineError } from "./pipeline-error.ts"

/** What a plugin object holds of the pipeline it is in, for those who ask the object itself. */
export interface ForOnePipeline<T> {
  /**
   * Makes it, at `setup`.
   *
   * @throws PipelineError `plugin-reused` for a second pipeline; what `make` throws
   */
  install(make: () => T): T
  /**
   * What was made.
   *
   * @throws PipelineError `plugin-unused` before there is a pipeline, and where the preset was not asked for it
   */
  used(): T
}

/**
 * Holds the state of a plugin whose object can be asked, such as `metrics().snapshot()`: one object is for one pipeline.
 *
 * @param factory what made the plugin, for the sentences: `metrics`
 */
export function forOnePipeline<T extends object>(factory: string): ForOnePipeline<T> {
  let held: T | undefined
  return {
    install(make) {
      if (held !== undefined)
        throw new PipelineError(
          "plugin-reused",
          `This ${factory}() is in a pipeline already: call ${factory}() for each pipeline.`,
        )
      return (held = make())
    },
    used() {
      if (held !== undefined) return held
      throw new PipelineError(
        "plugin-unused",
        `This ${factory}() is in no pipeline: put it into \`use\`, or set the option \`${factory}\` of bellwether().`,
      )
    },
  }
}
