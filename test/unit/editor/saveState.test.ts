/** The save indicator claims no more than the SDK knows. */
import type { Status } from "@easel/client"
import { expect, it } from "vitest"
import { saveState } from "../../../packages/editor/src/shell/editor/saveState.ts"

const status = (status: Partial<Status>): Status => ({ connectivity: "online", waiting: 0, mode: "normal", role: undefined, outbox: "none", ...status })

it.each<readonly [Partial<Status>, string, string]>([
  [{}, "saved", "Saved"],
  [{ waiting: 1 }, "saving", "Saving…"],
  [{ mode: "draining", waiting: 1 }, "saving", "Saving…"],
  [{ connectivity: "connecting" }, "connecting", "Connecting…"],
  [{ connectivity: "connecting", waiting: 3 }, "connecting", "Connecting…"],
  [{ connectivity: "offline" }, "offline", "Offline"],
  [{ connectivity: "offline", waiting: 1 }, "offline", "Offline, 1 change waiting"],
  [{ connectivity: "offline", waiting: 1_200 }, "offline", "Offline, 1,200 changes waiting"],
  [{ connectivity: "offline", mode: "readonly" }, "offline", "Offline"],
  [{ mode: "degraded" }, "paused", "Saving paused"],
  [{ mode: "degraded", waiting: 2 }, "paused", "Saving paused, 2 changes waiting"],
  [{ mode: "readonly" }, "readonly", "Read only"],
  [{ connectivity: "failed" }, "failed", "Failed"],
  [{ connectivity: "closed", waiting: 1 }, "offline", "Closed"]
])("%j is %s: %s", (given, state, text) => {
  expect(saveState(status(given))).toMatchObject({ state, text })
})

it("who may not edit hears that it is the role, and not the server, that stands in the way", () => {
  expect(saveState(status({ mode: "readonly", role: "viewer" })).title).toBe("You can look at this file, and not change it.")
})

it("only what has no change waiting, online and in normal mode, is called saved", () => {
  for (const connectivity of ["connecting", "online", "offline", "failed", "closed"] as const) {
    for (const mode of ["normal", "degraded", "readonly", "draining"] as const) {
      for (const waiting of [0, 1]) {
        const isSaved = saveState(status({ connectivity, mode, waiting })).state === "saved"
        expect(isSaved && (waiting > 0 || connectivity !== "online" || mode === "degraded")).toBe(false)
      }
    }
  }
})
