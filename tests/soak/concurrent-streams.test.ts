import { expect, test } from "vitest"
import { pieceCount, readStreams } from "./concurrent-streams.ts"
import { usedBytes } from "./memory.ts"

test("many streams at once take no more memory the longer they go on", async () => {
  const streams = 200
  const samples: number[] = []
  const { endings } = await readStreams({
    streams,
    rounds: 1,
    onPieces(count) {
      if (count === 4 || count === pieceCount - 1) samples.push(usedBytes())
    },
  })
  const [early = 0, late = Infinity] = samples
  expect(endings).toEqual({ whole: streams })
  // The seven events between the two are ten times as large.
  expect((late - early) / streams).toBeLessThan(300)
})
