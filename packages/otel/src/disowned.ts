/**
 * What an SDK has answered with. One that works in promises, whatever its types say, is not waited for, and what they
 * reject with is its own affair: it must not end the process.
 */
export function disowned<T>(answer: T): T {
  if (answer instanceof Promise) answer.catch(() => {})
  return answer
}
