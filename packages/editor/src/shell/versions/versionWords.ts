/** How a version is called where it is listed. */
import type { Version } from "./VersionsApi.ts"

export const titleOf = ({ kind, name }: Version): string => name ?? (kind === "restore" ? "Before a restore" : "Saved by itself")

const exact = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" })

export const exactTime = (version: Version): string => exact.format(new Date(version.createdAt))
