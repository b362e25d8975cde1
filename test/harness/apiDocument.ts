/** The endpoints of a node's HTTP API as its OpenAPI document tells them, and the properties that their bodies have. */
import { answered, ask } from "./requests.ts"

interface JsonSchema {
  readonly $ref?: string
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly oneOf?: ReadonlyArray<JsonSchema>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
}

export interface Endpoint {
  readonly operationId: string
  readonly method: string
  /** With `{names}` in it. */
  readonly path: string
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly in: "path" | "query" | "header" }>
  /** The shapes that its JSON body may have; or that it takes other bytes, or nothing. */
  readonly body: ReadonlyArray<Body> | "bytes" | "none"
}

interface Body {
  readonly properties: ReadonlyArray<string>
  readonly required: ReadonlyArray<string>
}

interface Operation {
  readonly operationId: string
  readonly parameters: Endpoint["parameters"]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> }
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

export const endpointsOf = async (node: { readonly url: string }): Promise<ReadonlyArray<Endpoint>> => {
  const { components: { schemas }, paths } = await answered<Document>(await ask(node, "GET", "/api/openapi.json"), 200)
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId, parameters, requestBody }]): Endpoint => {
      const schema = requestBody?.content["application/json"]?.schema
      const body = requestBody === undefined ? "none" : schema === undefined ? "bytes" : bodiesOf(schema, schemas)
      return { operationId, method: method.toUpperCase(), path, parameters, body }
    }))
}

const bodiesOf = (schema: JsonSchema, schemas: Document["components"]["schemas"]): ReadonlyArray<Body> => {
  const { $ref, allOf, anyOf, oneOf, properties, required = [] } = schema
  const named = $ref === undefined ? undefined : schemas[$ref.slice("#/components/schemas/".length)]
  const within = [...(named === undefined ? [] : [named]), ...(anyOf ?? []), ...(oneOf ?? []), ...(allOf ?? [])].flatMap((one) => bodiesOf(one, schemas))
  return properties === undefined ? within : [{ properties: Object.keys(properties), required }, ...within]
}
