/** What the save indicator says: a function of the SDK's status and of nothing else, so that it cannot claim more. */
import type { Status } from "@easel/client"
import { may } from "@easel/protocol/editor"
import type { IconName } from "../parts/iconPaths.ts"

export interface SaveState {
  readonly state: "saved" | "saving" | "connecting" | "offline" | "paused" | "readonly" | "failed"
  readonly icon: IconName
  readonly text: string
  /** The whole sentence, where there is room for it. */
  readonly title: string
}

export const saveState = ({ connectivity, mode, role, waiting }: Status): SaveState => {
  const waits = waiting === 0 ? "" : ` ${changes(waiting)} waiting.`
  switch (connectivity) {
    case "failed":
      return { state: "failed", icon: "warning", text: "Failed", title: `The file cannot be opened.${waits}` }
    case "closed":
      return { state: "offline", icon: "offline", text: "Closed", title: `The file is closed.${waits}` }
    case "connecting":
      return { state: "connecting", icon: "cloud", text: "Connecting…", title: `Connecting to the server.${waits}` }
    case "offline":
      return {
        state: "offline",
        icon: "offline",
        text: waiting === 0 ? "Offline" : `Offline, ${changes(waiting)} waiting`,
        title: `The server cannot be reached.${waits} They are sent when it is back.`
      }
    case "online":
      return online(mode, role, waiting)
  }
}

const online = (mode: Status["mode"], role: Status["role"], waiting: number): SaveState => {
  if (mode === "readonly") {
    const title = role === undefined || may(role, "edit") ? "The server takes no changes now." : "You can look at this file, and not change it."
    return { state: "readonly", icon: "locked", text: "Read only", title }
  }
  if (mode === "degraded") {
    const text = waiting === 0 ? "Saving paused" : `Saving paused, ${changes(waiting)} waiting`
    return { state: "paused", icon: "paused", text, title: "The server cannot reach its database. What you change is kept and saved when it can." }
  }
  return waiting === 0
    ? { state: "saved", icon: "saved", text: "Saved", title: "Everything is on the server's disk." }
    : { state: "saving", icon: "cloud", text: "Saving…", title: `${changes(waiting)} on the way to the server's disk.` }
}

const changes = (count: number): string => (count === 1 ? "1 change" : `${count.toLocaleString("en")} changes`)
