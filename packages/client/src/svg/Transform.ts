/**
 * Affine matrices `[a, b, c, d, e, f]` and the grammar of the `transform` attribute.
 *
 * A single `matrix(...)` keeps its six numbers unchanged; lists are multiplied from the left. Quarter turns are exact.
 * A list with a mistake in it, or one that leaves the finite numbers, is no transform at all, as in browsers.
 */
import { parseNumbers, positiveZero, separatorEnd } from "./numbers.ts"

export type Matrix = readonly [number, number, number, number, number, number]

export const identity: Matrix = [1, 0, 0, 1, 0, 0]

export const translation = (x: number, y: number): Matrix => [1, 0, 0, 1, x, y]

/** First `inner`, then `outer`. */
export const multiply = (outer: Matrix, inner: Matrix): Matrix => {
  if (isIdentity(outer)) return inner
  if (isIdentity(inner)) return outer
  const [a, b, c, d, e, f] = outer
  const [g, h, i, j, k, l] = inner
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f]
}

export const isIdentity = (matrix: Matrix): boolean => matrix.every((value, index) => value === identity[index])

export const isFiniteMatrix = (matrix: Matrix): boolean => matrix.every(Number.isFinite)

/** The shift of a matrix that does nothing else. */
export const shiftOf = ([a, b, c, d, x, y]: Matrix): { readonly x: number; readonly y: number } | undefined =>
  a === 1 && b === 0 && c === 0 && d === 1 ? { x, y } : undefined

/** A sum, or `undefined` if the double nearest to it is not it (the error term of Knuth's TwoSum). */
export const exactSum = (a: number, b: number): number | undefined => {
  const sum = a + b
  const addend = sum - a
  return a - (sum - addend) + (b - addend) === 0 ? positiveZero(sum) : undefined
}

/** `undefined` if the text is not a transform list. */
export const parseTransform = (text: string): Matrix | undefined => {
  const list = text.trim()
  if (list === "none") return identity
  const step = /(matrix|translate|scale|rotate|skewX|skewY)[ \t\n\f\r]*\(([^()]*)\)/y
  let matrix = identity
  while (step.lastIndex < list.length) {
    if (step.lastIndex > 0) step.lastIndex = separatorEnd(list, step.lastIndex)
    const [, name = "", argumentText = ""] = step.exec(list) ?? []
    const { numbers, complete } = parseNumbers(argumentText)
    const next = complete ? functionMatrix(name, numbers) : undefined
    if (next === undefined) return undefined
    matrix = multiply(matrix, next)
  }
  if (!isFiniteMatrix(matrix)) return undefined
  const [a, b, c, d, e, f] = matrix
  return [positiveZero(a), positiveZero(b), positiveZero(c), positiveZero(d), positiveZero(e), positiveZero(f)]
}

const functionMatrix = (name: string, numbers: ReadonlyArray<number>): Matrix | undefined => {
  const [first = 0, second, third, d = 0, e = 0, f = 0] = numbers
  switch (`${name} ${numbers.length}`) {
    case "matrix 6":
      return [first, second ?? 0, third ?? 0, d, e, f]
    case "translate 1":
    case "translate 2":
      return translation(first, second ?? 0)
    case "scale 1":
    case "scale 2":
      return [first, 0, 0, second ?? first, 0, 0]
    case "rotate 1":
    case "rotate 3":
      return rotation(first, second ?? 0, third ?? 0)
    case "skewX 1":
      return [1, 0, Math.tan(radians(first)), 1, 0, 0]
    case "skewY 1":
      return [1, Math.tan(radians(first)), 0, 1, 0, 0]
    default:
      return undefined
  }
}

const rotation = (degrees: number, x: number, y: number): Matrix => {
  const [cos, sin] = cosSin(degrees)
  return [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y]
}

const cosSin = (degrees: number): readonly [number, number] => {
  switch (((degrees % 360) + 360) % 360) {
    case 0:
      return [1, 0]
    case 90:
      return [0, 1]
    case 180:
      return [-1, 0]
    case 270:
      return [0, -1]
    default:
      return [Math.cos(radians(degrees)), Math.sin(radians(degrees))]
  }
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180
