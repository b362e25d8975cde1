/**
 * Segments as blobs: a line that says what it is, and a line of JSON for each row of a run of a file's log, compressed.
 * Decoding checks the shape and throws `SegmentInvalid`; it never guesses.
 */
import { createHash } from "node:crypto"
import { promisify } from "node:util"
import { gunzip, gzip } from "node:zlib"
import { canonicalText } from "@easel/document"
import * as Schema from "effect/Schema"
import type { OperationRow } from "./logRow.ts"

export const segmentFormat = 1

/** A row as a segment keeps it. */
export interface SegmentRow extends OperationRow {
  readonly epoch: number
  /** Milliseconds since 1970, with their fraction. */
  readonly committedAt: number
}

class SegmentInvalid extends Error {
  override readonly name = "SegmentInvalid"
}

const headOf = Schema.decodeSync(Schema.fromJsonString(Schema.Struct({ format: Schema.Literal(segmentFormat), fileId: Schema.String, fromSeq: Schema.Int, rows: Schema.Int })))

const rowOf = Schema.decodeSync(Schema.fromJsonString(Schema.Struct({
  seq: Schema.Int,
  epoch: Schema.Int,
  committedAt: Schema.Finite,
  status: Schema.Literals(["applied", "superseded"]),
  id: Schema.String,
  idempotencyKey: Schema.String,
  contentHash: Schema.String,
  operationType: Schema.String,
  objectId: Schema.String,
  propertyPath: Schema.NullOr(Schema.String),
  oldValue: Schema.Json,
  hasOldValue: Schema.Boolean,
  newValue: Schema.Json,
  timestamp: Schema.Int,
  userId: Schema.String,
  clientId: Schema.String
})))

const compress = promisify(gzip)
const decompress = promisify(gunzip)

/** Canonical, so that equal rows have equal lines. */
export const lineOf = (row: SegmentRow): string => canonicalText({ ...row })

/** The bytes of rows that follow each other, by their lines. */
export const encode = (fileId: string, fromSeq: number, lines: ReadonlyArray<string>): Promise<Uint8Array> =>
  compress([JSON.stringify({ format: segmentFormat, fileId, fromSeq, rows: lines.length }), ...lines].join("\n"))

/** A segment whose rows are read one by one. */
export interface Segment {
  readonly fileId: string
  readonly fromSeq: number
  readonly toSeq: number
  /** The row at a seq of this segment. */
  readonly rowAt: (seq: number) => SegmentRow
}

export const decode = async (bytes: Uint8Array): Promise<Segment> => {
  const [first = "", ...lines] = (await decompress(bytes)).toString("utf8").split("\n")
  const { fileId, fromSeq, rows } = parsed(headOf, first)
  if (rows !== lines.length) throw new SegmentInvalid(`it has ${lines.length} rows instead of ${rows}`)
  return {
    fileId,
    fromSeq,
    toSeq: fromSeq + rows - 1,
    rowAt: (seq) => {
      const row = parsed(rowOf, lines[seq - fromSeq] ?? "")
      if (row.seq !== seq) throw new SegmentInvalid(`seq ${row.seq} stands where ${seq} should`)
      return row
    }
  }
}

const parsed = <A>(decode: (line: string) => A, line: string): A => {
  try {
    return decode(line)
  } catch {
    throw new SegmentInvalid("a line is not what it should be")
  }
}

/** What a key is found by in `log_segments.key_hashes`: the first 64 bits of its SHA-256. */
export const keyHash = (idempotencyKey: string): bigint => createHash("sha256").update(idempotencyKey).digest().readBigInt64BE(0)
