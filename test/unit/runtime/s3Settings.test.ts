/** The bucket of the settings is whole or not there, crosses to workers, and its secret is not told. */
import { inspect } from "node:util"
import { expect, test } from "vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { checked, settings } from "../../../cluster/runtime/Settings.ts"
import { decode, encode } from "../../../cluster/runtime/WorkerSettings.ts"

const whole = {
  EASEL_S3_ENDPOINT: "https://s3.example",
  EASEL_S3_BUCKET: "easel",
  EASEL_S3_ACCESS_KEY_ID: "key",
  EASEL_S3_SECRET_ACCESS_KEY: "very secret"
}

const read = (environment: Readonly<Record<string, string>>) =>
  Effect.runPromise(Effect.flatMap(settings.parse(ConfigProvider.fromUnknown(environment)), checked))

const refusal = (environment: Readonly<Record<string, string>>) =>
  Effect.runPromise(Effect.flip(Effect.flatMap(settings.parse(ConfigProvider.fromUnknown(environment)), checked)))

test("O9: without any of its settings there is no bucket", async () => {
  expect(Option.isNone((await read({ EASEL_S3_REGION: "eu-central-1", EASEL_S3_PREFIX: "easel/" })).s3)).toBe(true)
})

test("O9: with all that have no default there is one", async () => {
  const { s3 } = await read(whole)
  expect(Option.getOrUndefined(s3)).toMatchObject({ endpoint: "https://s3.example", bucket: "easel", region: "us-east-1", accessKeyId: "key", prefix: "" })
  expect(Redacted.value(Option.getOrThrow(s3).secretAccessKey)).toBe("very secret")
  expect(inspect(s3, { depth: 9 }) + JSON.stringify(s3)).not.toContain("very secret")
})

test.each(Object.keys(whole))("O9: without %s alone the start is refused", async (missing) => {
  const { [missing]: _, ...rest } = { ...whole } as Record<string, string>
  expect(await refusal(rest)).toMatchObject({ _tag: "SettingsConflict", reason: `${missing} is not set, as others of EASEL_S3_* are` })
})

test.each([
  ["EASEL_S3_ENDPOINT", "s3.example"],
  ["EASEL_S3_ENDPOINT", "ftp://s3.example"],
  ["EASEL_S3_ENDPOINT", "https://key:secret@s3.example"],
  ["EASEL_S3_BUCKET", "a/b"],
  ["EASEL_S3_PREFIX", "easel"],
  ["EASEL_S3_PREFIX", "/easel/"],
  ["EASEL_S3_PREFIX", "../easel/"]
])("O9: %s cannot be %s", async (name, value) => {
  const { reason } = await refusal({ ...whole, [name]: value }) as { reason: string }
  expect(reason).toContain(name)
  expect(reason).not.toContain("secret")
})

test("O9: workers get the bucket with its secret", async () => {
  const runner = { ...await read({ ...whole, EASEL_S3_PREFIX: "a/b/" }), url: Redacted.make("postgres://"), rolesApply: false }
  const { s3 } = decode(structuredClone(encode(runner, 1))).settings
  expect({ ...Option.getOrThrow(s3), secretAccessKey: "" }).toEqual({ ...Option.getOrThrow(runner.s3), secretAccessKey: "" })
  expect(Redacted.value(Option.getOrThrow(s3).secretAccessKey)).toBe("very secret")
})
