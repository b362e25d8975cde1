/** Lists in pages, newest first: the next page, if there is one, is named in a `Link` header (RFC 8288) with rel="next". */
import * as Schema from "effect/Schema"

const pageDefault = 50
const pageMax = 200

export const pageQuery = {
  limit: Schema.optional(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: pageMax }))),
  cursor: Schema.optional(Schema.String.annotate({ description: "Where the page begins, as the page before says in its Link header." }))
}

/** What stands in a query is text to the schema of `limit`; the document says what it means. */
export const describesLimit = (operation: Record<string, unknown>): Record<string, unknown> => ({
  ...operation,
  parameters: Array.isArray(operation["parameters"])
    ? operation["parameters"].map((parameter: { readonly name: string }) => parameter.name === "limit" ? { ...parameter, schema: limitSchema } : parameter)
    : []
})

const limitSchema = { type: "integer", minimum: 1, maximum: pageMax, default: pageDefault, description: "How many are answered, at most." }

/** The header that names the next page. */
export const paged = { link: Schema.optional(Schema.String) }

export interface PageQuery {
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

export const pageLimit = ({ limit = pageDefault }: PageQuery): number => limit
