// As shells count: 128, and the number of the signal.

/** Ended by Ctrl-C (SIGINT). */
export const interruptedCode = 130

/** Whoever was to read the output has gone (SIGPIPE). */
export const unreadCode = 141
