import { useState } from "preact/hooks"

/** A choice the browser remembers; `initial` until one was made, or where nothing can be remembered. */
export function useKeptChoice<T extends string>(
  name: string,
  choices: readonly T[],
  initial: T,
): readonly [T, (choice: T) => void] {
  const [choice, setChoice] = useState<T>(() => remembered(name, choices) ?? initial)
  const choose = (next: T): void => {
    setChoice(next)
    try {
      localStorage.setItem(name, next)
    } catch {
      // A browser that remembers nothing shows it all the same.
    }
  }
  return [choice, choose]
}

function remembered<T extends string>(name: string, choices: readonly T[]): T | undefined {
  try {
    return choices.find((choice) => choice === localStorage.getItem(name))
  } catch {
    return undefined
  }
}
