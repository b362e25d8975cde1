/**
 * What the server takes from this editor now: by the role of its user, and by whether it can save the file. Without a
 * connection neither is known, and what is changed then is for the server to decide.
 */
import { may, type Mode, type Role } from "@easel/protocol/editor"
import { EditForbidden } from "./EditForbidden.ts"

export class ServerMode {
  role: Role | undefined
  private told: Mode = "normal"
  /** Whether operations came back because the file was read-only. Nothing may pass them on the same connection (T5). */
  private hasRefused = false

  /** `readonly` while the role does not allow editing, whatever else is the matter. */
  get shown(): Mode {
    return this.mayEdit ? this.told : "readonly"
  }

  /** Why a change would be refused by a server that is there. */
  get forbidden(): EditForbidden | undefined {
    return this.role === undefined || this.mayEdit ? undefined : new EditForbidden(this.role)
  }

  /** Whether operations may be sent: they wait while the server cannot take any more. */
  get takesOperations(): boolean {
    return this.told !== "readonly"
  }

  /** A connection begins, and what is known of the last one is not about it. */
  connected(): void {
    this.told = "normal"
    this.hasRefused = false
  }

  /** Returns what is to be done now: what waits is to be sent, on this connection or, in its order, on a new one. */
  tell(mode: Mode): "send" | "reconnect" {
    this.told = mode
    return this.hasRefused && this.takesOperations ? "reconnect" : "send"
  }

  /** Operations came back. Returns whether they wait until the file can be written again. */
  refused(): boolean {
    this.hasRefused ||= !this.takesOperations
    return this.hasRefused
  }

  private get mayEdit(): boolean {
    return this.role === undefined || may(this.role, "edit")
  }
}
