/** Sorting a handful of objects as they are painted, without walking the whole file. */
import type { Scene } from "../scene/Scene.ts"
import { pathTo } from "./picking.ts"

/** The ids that the scene knows, lowest first. */
export const inPaintOrder = (scene: Scene, ids: Iterable<string>): ReadonlyArray<string> =>
  [...new Set(ids)]
    .flatMap((id) => {
      const node = scene.get(id)
      return node === undefined ? [] : [{ id, keys: pathTo(scene, node).map((step) => [step.object.parent?.orderKey ?? "", step.id] as const) }]
    })
    .sort((one, other) => compareKeys(one.keys, other.keys))
    .map(({ id }) => id)

type Keys = ReadonlyArray<readonly [orderKey: string, id: string]>

const compareKeys = (one: Keys, other: Keys): number => {
  for (const [index, [key, id]] of one.entries()) {
    const against = other[index]
    if (against === undefined) return 1
    const order = compare(key, against[0]) || compare(id, against[1])
    if (order !== 0) return order
  }
  return one.length === other.length ? 0 : -1
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
