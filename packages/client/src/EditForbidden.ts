import type { Role } from "@easel/protocol/editor"

/** The user may not edit the file. Nothing was changed. */
export class EditForbidden extends Error {
  override readonly name = "EditForbidden"
  readonly role: Role

  constructor(role: Role) {
    super(`a ${role} may not edit this file`)
    this.role = role
  }
}
