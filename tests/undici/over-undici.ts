// Imported before a suite, it has everything in it that asks for the global `fetch` use undici's dispatcher.
import { createUndiciFetch } from "@bellwether/undici"

globalThis.fetch = createUndiciFetch()
