/** What is known of revocations, for looking tokens up. */
import type { Identity } from "@easel/protocol"
import type { Revocation } from "@easel/store"

export class RevokedTokens {
  private readonly tokenIds = new Set<string>()
  private readonly untilMillis = new Map<string, number>()

  constructor(revocations: ReadonlyArray<Revocation>) {
    for (const revocation of revocations) {
      if ("tokenId" in revocation) this.tokenIds.add(revocation.tokenId)
      else this.untilMillis.set(revocation.userId, Math.max(revocation.atMillis, this.untilMillis.get(revocation.userId) ?? 0))
    }
  }

  /** Tokens name the second of their issue: one of the second in which a user's were revoked is revoked, too. */
  has({ issuedAtMillis, tokenId, userId }: Identity): boolean {
    return (tokenId !== undefined && this.tokenIds.has(tokenId)) || issuedAtMillis <= (this.untilMillis.get(userId) ?? -1)
  }
}
