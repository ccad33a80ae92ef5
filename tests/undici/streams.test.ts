// What holds of streams over the global `fetch`, holds over ours.
import "./over-undici.ts"
import "../streams/streams.test.ts"
import "../back-pressure/leaving.test.ts"
import "../back-pressure/slow-reader.test.ts"
