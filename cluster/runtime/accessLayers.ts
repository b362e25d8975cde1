/** Who may do what: for a server that can check tokens, from PostgreSQL; for one that cannot, everybody everything. */
import { Authenticator, Callers, type TokenRules } from "@easel/gateway"
import { Access, AccessNews, IdempotencyKeys, Members, Projects, Purges, Revocations, ShareLinks, Teams, Tickets } from "@easel/store"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"

/** What actors ask. */
export const layerRoles = (rolesApply: boolean) => rolesApply ? Access.layer : Access.layerEverybody

/** What a gateway asks. */
export const layerAccess = (tokens: Option.Option<TokenRules>) =>
  Callers.layer.pipe(
    Layer.provideMerge(Option.match(tokens, { onNone: () => Authenticator.layerOpen, onSome: Authenticator.layer })),
    Layer.provideMerge(Layer.mergeAll(
      layerRoles(Option.isSome(tokens)),
      Option.isSome(tokens) ? AccessNews.layer : AccessNews.layerNone,
      IdempotencyKeys.layer,
      Members.layer,
      Projects.layer,
      Purges.layer,
      Revocations.layer,
      ShareLinks.layer,
      Teams.layer,
      Tickets.layer
    ))
  )
