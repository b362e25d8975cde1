/** The picture of a fault's run: answers in slices of time, faults as bands. */
import { expect, test } from "vitest"
import { timelineOf } from "../../faults/report/timeline.ts"
import { timelinesSvg } from "../../faults/report/timelineSvg.ts"

const answers = [
  { atMillis: 10_000, waitedMillis: 3 },
  { atMillis: 10_100, waitedMillis: 90.4 },
  { atMillis: 11_000, waitedMillis: 900 }
]
const timeline = timelineOf("kill <9>", answers, [{ name: "node-1 & node-2", fromMillis: 10_200, toMillis: 10_900 }])

test("answers are counted by slices of a quarter of a second, and slices without any have no latency", () => {
  expect(timeline).toEqual({
    name: "kill <9>",
    sliceMillis: 250,
    operationsPerSecond: [8, 0, 0, 0, 4],
    ackP99Millis: [90, null, null, null, 900],
    bands: [{ name: "node-1 & node-2", fromMillis: 200, toMillis: 900 }]
  })
})

test("a fault is drawn over its time, and names are text", () => {
  const svg = timelinesSvg([{ kind: "timeline", ...timeline }])
  expect(svg).toContain(">kill &lt;9></text>")
  expect(svg).toContain(">node-1 &amp; node-2</text>")
  // 200 to 900 of 1,250 ms, on 848 pixels from 56 on.
  expect(svg).toContain(`<rect x="191.7" y="34" width="474.9"`)
})
