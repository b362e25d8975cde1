/** Checkpoints of format 1, `{"format":1,"objects":[…]}`, which are read and not written any more. */
import { CheckpointInvalid, invalid, parsed } from "./CheckpointInvalid.ts"
import type { DesignObject } from "./DesignObject.ts"
import { decodeObject, isRecord } from "./objectCodec.ts"

/** The objects of each line. They are in the lines between the first and the last; the oldest ones have a single line. */
export function* objectsByLine(first: string, rest: Iterable<string>): Generator<ReadonlyArray<DesignObject>, void> {
  let last = ""
  for (const line of rest) {
    if (last !== "") yield objectsOf(parsed(`[${last.startsWith(",") ? last.slice(1) : last}]`))
    last = line
  }
  const whole = parsed(first + last)
  if (!isRecord(whole) || whole.format !== 1) throw new CheckpointInvalid("not a checkpoint of a format that is known")
  yield objectsOf(whole.objects)
}

const objectsOf = (entries: unknown): ReadonlyArray<DesignObject> => {
  if (!Array.isArray(entries)) throw new CheckpointInvalid("a line holds something else than objects")
  return entries.map((entry) => decodeObject(entry, invalid))
}
