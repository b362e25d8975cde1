/** The text is no checkpoint of a format that is read here, or a damaged one. */
export class CheckpointInvalid extends Error {
  override readonly name = "CheckpointInvalid"
}

export const invalid = (reason: string): CheckpointInvalid => new CheckpointInvalid(reason)

export const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid("not JSON")
  }
}
