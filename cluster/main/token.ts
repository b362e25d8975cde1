/**
 * `easel token`: a token as an application that knows its users would sign it, for trying out and for scripts. Whoever
 * can read EASEL_JWT_SECRET can be anybody anyway.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { SignJWT } from "jose"
import { tokenRules } from "../runtime/Settings.ts"
import { jsonFlag, print } from "./remote/output.ts"

/** There is nothing to sign with. */
class CannotSign extends Schema.TaggedError<CannotSign>()("CannotSign", { reason: Schema.String }) {}

const isSpan = (duration: Duration.Duration): boolean => Duration.isFinite(duration) && Duration.toMillis(duration) > 0

export const token = Command.make(
  "token",
  {
    user: Flag.String("user").pipe(Flag.withDescription("Id of the user")),
    name: Flag.String("name").pipe(Flag.withDescription("How others see the user"), Flag.optional),
    admin: Flag.Boolean("admin").pipe(Flag.withDescription("Owner of every file"), Flag.withDefault(false)),
    expires: Flag.String("expires").pipe(
      Flag.withDescription("How long it is good for, such as '1 hour'"),
      Flag.withDefault("1 hour"),
      Flag.withSchema(Schema.DurationFromString.check(Schema.makeFilter((duration) => isSpan(duration) || "a time that begins and ends")))
    ),
    json: jsonFlag
  },
  Effect.fn("token")(function*({ admin, expires, json, name, user }) {
    const { audience, issuer, key } = yield* Effect.flatMap(tokenRules, Option.match({
      onNone: () => new CannotSign({ reason: "EASEL_JWT_SECRET is not set: there is nothing to sign a token with" }),
      onSome: Effect.succeed
    }))
    if ("jwksUrl" in key) return yield* new CannotSign({ reason: `tokens are signed by whoever publishes its keys at EASEL_JWKS_URL ${key.jwksUrl}` })
    const nowSeconds = Math.floor((yield* Clock.currentTimeMillis) / 1_000)
    const expiresAtSeconds = nowSeconds + Math.ceil(Duration.toSeconds(expires))
    const claims = { ...(Option.isSome(name) ? { name: name.value } : {}), ...(admin ? { scope: "admin" } : {}) }
    const signed = yield* Effect.promise(() =>
      new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).setSubject(user).setIssuer(issuer).setAudience(audience)
        .setIssuedAt(nowSeconds).setExpirationTime(expiresAtSeconds)
        .sign(new TextEncoder().encode(Redacted.value(key.secret)))
    )
    print(json, { token: signed, userId: user, expiresAtSeconds }, () => [signed])
  })
).pipe(Command.withDescription("Print a token for a user, signed with EASEL_JWT_SECRET"))
