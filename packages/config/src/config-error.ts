import { PipelineError } from "@bellwether/core"

/** A file that can not be read as a config. @param place `12:5`, or a line alone, where it is known */
export const unreadable = (file: string, words: string, place?: string): PipelineError =>
  new PipelineError(
    "config-unreadable",
    `${place === undefined ? file : `${file}:${place}`}: ${/[.?!]$/.test(words) ? words : `${words}.`}`,
  )
