import { Checkpoint } from "@easel/document"
import { expect } from "vitest"
import { everythingOf } from "./documentFixture.ts"

/** Reads everything of what was accepted, so that damage cannot hide until later. */
export const readOrRefuse = (text: string): void => {
  try {
    everythingOf(Checkpoint.decode(text))
  } catch (error) {
    expect(error).toBeInstanceOf(Checkpoint.CheckpointInvalid)
  }
}
