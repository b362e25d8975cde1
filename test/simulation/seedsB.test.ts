import { test } from "vitest"
import { runSeeds } from "./seeds.ts"

test("A1 A2 A5 A8 A9 A10 J2 K1 K7: whatever befalls a simulated cluster, the other half of the seeds", { timeout: 900_000 }, () => runSeeds(1, 2))
