/**
 * A typed name. On a context it names a value that flows to the layers inside (`context.with(Key, value)`);
 * on services it names an implementation one plugin provides and others use.
 */
export interface Key<T> {
  readonly name: string
  /** What a reader gets when nobody has set the key. */
  readonly fallback: T
}

/** Makes a {@link Key}. Keys are compared by name, so that two copies of a package share them. */
export function defineKey<T>(name: string, fallback: T): Key<T> {
  return { name, fallback }
}
