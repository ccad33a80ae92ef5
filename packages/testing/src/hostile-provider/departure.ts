/** Rejects with the signal's reason when it aborts: for waits that nothing else ends. */
export const departure = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const leave = (): void => reject(signal.reason)
    if (signal.aborted) leave()
    else signal.addEventListener("abort", leave, { once: true })
  })
