/** What a component needs to know of the open file: `useModel(model, ({ tool }) => tool)`. */
import type { EditorModel } from "../../model/EditorModel.ts"
import { useExternal } from "../parts/useExternal.ts"

export const useModel = <Value,>(
  model: EditorModel,
  select: (model: EditorModel) => Value,
  equal?: (a: Value, b: Value) => boolean
): Value => useExternal(model, select, equal)
