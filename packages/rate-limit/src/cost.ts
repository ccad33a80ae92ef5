/** What an attempt takes of the limits of its provider. */
export interface Cost {
  readonly requests: number
  readonly tokens: number
}

export const free: Cost = { requests: 0, tokens: 0 }

export const sum = (a: Cost, b: Cost): Cost => ({
  requests: a.requests + b.requests,
  tokens: a.tokens + b.tokens,
})

export const difference = (a: Cost, b: Cost): Cost => ({
  requests: a.requests - b.requests,
  tokens: a.tokens - b.tokens,
})
