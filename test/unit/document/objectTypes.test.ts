import { checkProperty, isObjectType, type Json, objectTypes, propertyKind } from "@easel/document"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { json, objectType, runs } from "../../harness/arbitraries.ts"

test("D11: these are the object types", () => {
  expect(objectTypes).toEqual("rectangle ellipse text frame group page line polygon star path image component instance".split(" "))
  for (const type of ["", "Rectangle", "__proto__", "constructor", "toString"]) expect(isObjectType(type)).toBe(false)
})

test("D11: free data goes under data.<key> with a key of 1 to 64 of A-Z a-z 0-9 _ -, on any type", () => {
  fc.assert(
    fc.property(objectType, fc.string({ unit: fc.constantFrom("a", "Z", "0", "_", "-", ".", " ", "é", "\n"), maxLength: 70 }), (type, key) => {
      expect(propertyKind(type, `data.${key}`) === "json").toBe(/^[A-Za-z0-9_-]{1,64}$(?!\n)/.test(key))
    }),
    runs(2000)
  )
  for (const key of ["a".repeat(64), "0", "-", "_"]) expect(propertyKind("text", `data.${key}`)).toBe("json")
  for (const key of ["", "a".repeat(65), "a.b", "__proto__", "constructor", "prototype", "a\n"]) expect(propertyKind("text", `data.${key}`)).toBeUndefined()
})

test("D11: names that stand for something else are properties of no type", () => {
  fc.assert(
    fc.property(objectType, fc.constantFrom("id", "type", "parent", "parentId", "orderKey", "_deleted", "data", "data.", "", "__proto__", "constructor", "hasOwnProperty"), (type, path) => {
      expect(propertyKind(type, path)).toBeUndefined()
      expect(checkProperty(type, path, null)?.code).toBe("unknown_property")
    }),
    runs(1000)
  )
})

test("D11 D12: a property takes values of its kind and null, and nothing else", () => {
  const kinds: ReadonlyArray<readonly [string, (value: Json) => boolean]> = [
    ["x", (value) => typeof value === "number"],
    ["name", (value) => typeof value === "string"],
    ["visible", (value) => typeof value === "boolean"],
    ["fill", () => true],
    ["data.k", () => true]
  ]
  fc.assert(
    fc.property(objectType, fc.constantFrom(...kinds), json, (type, [path, fits], value) => {
      expect(checkProperty(type, path, value)?.code).toBe(value === null || fits(value) ? undefined : "wrong_value_type")
    }),
    runs(2000)
  )
})

test("D12: a refusal names a property only when its name is short, and never the value", () => {
  expect(checkProperty("text", "secret", "content")?.message).not.toContain("content")
  expect(checkProperty("text", "x", "content")?.message).not.toContain("content")
  expect(checkProperty("text", "p".repeat(10_000), 1)?.message.length).toBeLessThan(200)
})
