/** What settings refuse, by name. How a start says so: test/conformance/startup. */
import { expect, test } from "vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { checked, settings } from "../../../cluster/runtime/Settings.ts"

test.each([
  ["EASEL_ORIGINS", "https://draw.example,draw.example"],
  ["EASEL_TRUSTED_PROXIES", "10.0.0.0/8,10.0.0.0/33"],
  ["EASEL_FRAMES_PER_SECOND", "100"],
  ["EASEL_OPERATIONS_PER_SECOND", "4999"],
  ["EASEL_CONNECTIONS_PER_ADDRESS", "0"],
  ["EASEL_FILE_IDLE", "soonish"],
  ["PORT", "70000"]
])("P17 P18: %s cannot be %s", async (name, value) => {
  const read = Effect.flatMap(settings.parse(ConfigProvider.fromUnknown({ [name]: value })), checked)
  const refusal = await Effect.runPromise(Effect.flip(read))
  expect("reason" in refusal ? refusal.reason : String(refusal)).toContain(name)
})
