/** A JSON Schema as people write shapes of JSON: `{name: string, teamId?: string}`, with references as links. */

const reference = "#/components/schemas/"

/** `escape` makes text fit for HTML. */
export const jsonShape = (schema: unknown, escape: (text: string) => string): string => {
  const shape = (inner: unknown): string => jsonShape(inner, escape)
  if (!isSchema(schema)) return "any"
  const { $ref, additionalProperties, allOf, anyOf, enum: literals, items, oneOf, prefixItems, properties, required, type } = schema
  if (typeof $ref === "string") {
    const name = escape($ref.slice(reference.length))
    return `<a href="#/${name}">${name}</a>`
  }
  if (Array.isArray(literals)) return literals.map((literal) => escape(JSON.stringify(literal))).join(" | ")
  const members = anyOf ?? oneOf
  if (Array.isArray(members)) return members.map(shape).join(" | ")
  if (type === "array") return Array.isArray(prefixItems) ? `[${prefixItems.map(shape).join(", ")}]` : `Array&lt;${shape(items)}&gt;`
  if (type === "object" && isSchema(properties)) {
    const isRequired = (name: string) => Array.isArray(required) && required.includes(name)
    const fields = Object.entries(properties).map(([name, field]) => `${escape(name)}${isRequired(name) ? "" : "?"}: ${shape(field)}`)
    return `{${fields.join(", ")}}`
  }
  if (type === "object" && isSchema(additionalProperties)) return `{[name]: ${shape(additionalProperties)}}`
  if (typeof type === "string") return escape(type)
  return Array.isArray(allOf) ? allOf.map(shape).join(" &amp; ") : "any"
}

const isSchema = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value)
