/** Whether a person can read a text: some words, and no debris of a program. */
export const isReadable = (text: string): boolean =>
  text.length <= 500 &&
  /\p{L}+[^\p{L}]*\s+[^\p{L}]*\p{L}+/u.test(text) &&
  !/\n|undefined|\[object |NaN/.test(text)

/** Whether a name is in kebab-case, as those of plugins, events and codes are. */
export const isKebabCase = (name: string): boolean => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)
