import { testPlugin } from "@bellwether/testing"
import { test } from "vitest"
import { health } from "./health.ts"

// A probe is a request of its own, which shifts the ids a provider counts its answers by, and is told from a call for
// the list of models by nothing. That no call is touched is tested without probes.
// Reasons are told as they were when the state they are for last changed; after a reload, as they are.
const known = "what it has learnt is known to the next pipeline of the same state"
testPlugin("health", () => health(), test, {
  except: [
    known,
    "an answer that is well stays as it is, to the byte, and comes no later",
    "a stream is handed on to the byte, and each piece when it comes",
    "a call that is well is sent once, and as the caller wrote it",
  ],
})
testPlugin("health without probes", () => health({ probe: false }), test, { except: [known] })
