import type { Usage } from "@bellwether/wire"

/** Adds up tokens. */
export class TokenSums {
  input = 0
  output = 0
  cachedInput = 0
  reasoning = 0
  /** The part of the input that was counted by us, because the provider did not get to tell. */
  estimatedInput = 0
  estimatedOutput = 0

  count({ input, output, cachedInput = 0, reasoning = 0, estimated }: Usage): void {
    this.input += input
    this.output += output
    this.cachedInput += cachedInput
    this.reasoning += reasoning
    if (!estimated) return
    this.estimatedInput += input
    this.estimatedOutput += output
  }

  add(other: TokenSums): void {
    this.input += other.input
    this.output += other.output
    this.cachedInput += other.cachedInput
    this.reasoning += other.reasoning
    this.estimatedInput += other.estimatedInput
    this.estimatedOutput += other.estimatedOutput
  }
}
