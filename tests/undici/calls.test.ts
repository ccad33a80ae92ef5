// What holds of calls over the global `fetch`, holds over ours.
import "./over-undici.ts"
import "../leaks.test.ts"
import "../openai/uploads.test.ts"
