/** Metrics of several threads in one text. */
import { expect, test } from "vitest"
import { mergedMetrics } from "../../../cluster/runtime/mergedMetrics.ts"

const own = `# HELP a What a is
# TYPE a counter
a 1
a{kind="x"} 2
# TYPE b gauge
b 3
`
const worker = `# HELP a What a is
# TYPE a counter
a 10
a{kind="x"} 20
# TYPE c histogram
c_bucket{le="1"} 4
c_sum 5
`

test("K6: without workers the metrics are what the node tells of itself", () => {
  expect(mergedMetrics(own, new Map())).toBe(own)
})

test("K6: each metric stands once, with all its samples, and those of workers say whose they are", () => {
  expect(mergedMetrics(own, new Map([[1, worker], [2, ""]]))).toBe(`# HELP a What a is
# TYPE a counter
a 1
a{kind="x"} 2
a{worker="1"} 10
a{worker="1",kind="x"} 20
# TYPE b gauge
b 3
# TYPE c histogram
c_bucket{worker="1",le="1"} 4
c_sum{worker="1"} 5
`)
})
