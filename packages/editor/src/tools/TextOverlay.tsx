/**
 * The text that is being edited: a text area exactly over the object, with its font, size, turn and colour. What is
 * typed goes into the document at once; the whole edit is one step of undo. Escape and leaving end it.
 */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks"
import type { EditorModel } from "../model/EditorModel.ts"
import { numberOf } from "../model/transformObject.ts"
import { fontOf } from "../scene/Font.ts"
import { canvasMeasure } from "../render/canvasFont.ts"
import * as Matrix from "../scene/Matrix.ts"
import { readerOf } from "../scene/propertyReaders.ts"
import type { SceneNode } from "../scene/Scene.ts"
import { lineHeightOf } from "../scene/TextLayout.ts"

export const TextOverlay = ({ model }: { readonly model: EditorModel }) => {
  const { editingTextId, scene } = model
  const node = editingTextId === undefined ? undefined : scene.get(editingTextId)
  if (node === undefined) return null
  const { a, b, c, d, e, f } = screenMatrix(node, model)
  return (
    <div
      class="text-overlay"
      data-over-canvas
      style={{ position: "absolute", left: 0, top: 0, transformOrigin: "0 0", transform: `matrix(${a}, ${b}, ${c}, ${d}, ${e}, ${f})` }}
    >
      <TextField key={node.id} model={model} node={node} />
    </div>
  )
}

const TextField = ({ model, node }: { readonly model: EditorModel; readonly node: SceneNode }) => {
  const field = useRef<HTMLTextAreaElement>(null)
  const { object } = node
  const text = stringOf(object.get("text"))
  const font = fontOf(readerOf(object))
  const lineHeight = lineHeightOf(object.get("lineHeight"), font.size)
  const { ascent, descent } = measureText("", font)
  const align = stringOf(object.get("textAlign"))
  const width = Math.max(node.localBox.width, font.size) + font.size
  // The first baseline is where the object's box says; half of the leading of a CSS line stands above its letters.
  const top = node.localBox.y - (lineHeight - (ascent + descent)) / 2
  const left = align === "center" ? -width / 2 : align === "right" ? -width : 0

  useEffect(() => {
    field.current?.focus({ preventScroll: true })
    field.current?.select()
  }, [])
  // What others type comes in without moving the caret more than it must.
  useLayoutEffect(() => {
    const element = field.current
    if (element === null || element.value === text) return
    const { selectionEnd, selectionStart } = element
    element.value = text
    if (document.activeElement === element) element.setSelectionRange(selectionStart, selectionEnd)
  }, [text])

  return (
    <textarea
      ref={field}
      defaultValue={text}
      class="text-overlay-field"
      aria-label="Text"
      spellcheck={false}
      wrap="off"
      onInput={(event) => model.setText(node.id, event.currentTarget.value)}
      onBlur={() => model.editingTextId === node.id && model.editText(undefined)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === "Escape" || (event.key === "Enter" && (event.metaKey || event.ctrlKey))) {
          event.preventDefault()
          // The keyboard goes back to the canvas, and leaving the field ends the edit.
          event.currentTarget.closest<HTMLElement>(".canvas-view")?.focus({ preventScroll: true })
          model.editText(undefined)
        }
      }}
      style={{
        position: "absolute",
        left: `${left}px`,
        top: `${top}px`,
        width: `${width}px`,
        height: `${Math.max(1, text.split("\n").length) * lineHeight}px`,
        margin: 0,
        padding: 0,
        border: "none",
        outline: "none",
        resize: "none",
        overflow: "hidden",
        background: "transparent",
        whiteSpace: "pre",
        color: colourOf(object.get("fill")),
        opacity: numberOf(object, "opacity", 1),
        fontFamily: font.family,
        fontSize: `${font.size}px`,
        fontStyle: font.style,
        fontWeight: font.weight,
        letterSpacing: `${font.letterSpacing}px`,
        lineHeight: `${lineHeight}px`,
        textAlign: align === "center" || align === "right" ? align : "left"
      }}
    />
  )
}

/** From the object's own coordinates to CSS pixels of the canvas. */
const screenMatrix = ({ matrix }: SceneNode, { camera: { x, y, zoom } }: EditorModel) => {
  const [a, b, c, d, e, f] = Matrix.multiply([zoom, 0, 0, zoom, -x * zoom, -y * zoom], matrix)
  return { a, b, c, d, e, f }
}

const measureText = canvasMeasure()

const stringOf = (value: unknown): string => (typeof value === "string" ? value : "")

const colourOf = (fill: unknown): string => (typeof fill === "string" && fill !== "none" ? fill : "#000000")
