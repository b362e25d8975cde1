/**
 * The refusal of a source that is not an SVG drawing, or that exceeds a bound of `limits.ts`.
 *
 * The message is one line for the person who chose the file. It is the only error that an import throws: what a
 * drawing contains but we cannot represent is listed in `SvgImport.unsupported` instead.
 */
export class SvgInvalid extends Error {
  readonly _tag = "SvgInvalid"
  override readonly name = "SvgInvalid"
}
