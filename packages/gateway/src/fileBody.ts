/** A file as lists and answers about it show it. */
import type { FileRow } from "@easel/store"

const time = (millis: number): string => new Date(millis).toISOString()

export const fileBody = ({ createdAt, trashedAt, updatedAt, ...file }: FileRow) => ({
  ...file,
  createdAt: time(createdAt),
  updatedAt: time(updatedAt),
  trashedAt: trashedAt === null ? null : time(trashedAt)
})
