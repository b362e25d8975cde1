/**
 * The canvas of the page: it fills its parent, shows the file, and turns what hands do on it into edits. Everything
 * that changes is painted once per frame, however often it changed.
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import { CameraInput } from "../camera/CameraInput.ts"
import type { EditorModel } from "../model/EditorModel.ts"
import { CursorPictures } from "../presence/CursorPictures.ts"
import { drawSelections } from "../presence/drawSelections.ts"
import { OtherEditors } from "../presence/OtherEditors.ts"
import { Renderer } from "../render/Renderer.ts"
import { CanvasInput } from "./CanvasInput.ts"
import { drawSelection } from "./drawSelection.ts"
import { TextOverlay } from "./TextOverlay.tsx"

export const CanvasView = ({ model }: { readonly model: EditorModel }) => {
  const element = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  const [, setVersion] = useState(0)

  useLayoutEffect(() => {
    if (element.current === null || canvas.current === null || overlay.current === null) return undefined
    return startCanvas(model, { element: element.current, canvas: canvas.current, overlay: overlay.current })
  }, [model])
  // Only the text that is being edited is part of the page's tree; the rest is painted.
  useEffect(() => {
    let shown = ""
    return model.subscribe(() => {
      const { camera, editingTextId } = model
      const state = editingTextId === undefined ? "" : `${editingTextId} ${camera.x} ${camera.y} ${camera.zoom} ${model.scene.version}`
      if (state !== shown) setVersion((version) => version + 1)
      shown = state
    })
  }, [model])

  const fill = { position: "absolute", inset: 0, width: "100%", height: "100%", display: "block" } as const
  return (
    <div
      ref={element}
      class="canvas-view"
      tabIndex={0}
      role="application"
      aria-label="Canvas. Tab selects the next object, arrow keys move it, question mark shows all keys"
      style={{ position: "relative", width: "100%", height: "100%", overflow: "hidden", touchAction: "none", outlineOffset: "-2px" }}
    >
      <canvas ref={canvas} style={fill} />
      <canvas ref={overlay} style={{ ...fill, pointerEvents: "none" }} />
      <TextOverlay model={model} />
    </div>
  )
}

interface Elements {
  readonly element: HTMLElement
  readonly canvas: HTMLCanvasElement
  readonly overlay: HTMLCanvasElement
}

/** Answers the function that ends it all. */
const startCanvas = (model: EditorModel, { canvas, element, overlay }: Elements): () => void => {
  const others = new OtherEditors()
  const renderer = new Renderer({ canvas, overlay, scene: model.scene, readImage: model.images?.read })
  // The camera's listeners stand first: a press that pans is no press on an object.
  const cameraInput = new CameraInput(element, () => model.camera, (camera) => model.setCamera(camera))
  const input = new CanvasInput({ element, model, renderer })
  const cursors = new CursorPictures()
  renderer.onOverlay = (context, camera, ratio) => {
    drawSelections(context, camera, model.scene, others.list)
    cursors.draw(context, camera, others.list, ratio)
    drawSelection(context, camera, model, input.gestures)
  }

  let requested = 0
  let lastMillis: number | undefined
  let hiddenId: string | undefined
  const frame = (millis: number): void => {
    requested = 0
    // After a rest the first frame counts as one of sixty.
    const passed = lastMillis === undefined ? 1000 / 60 : Math.min(millis - lastMillis, 100)
    const glides = model.advance(passed)
    const moves = others.advance(model.file.presence, passed)
    lastMillis = glides || moves ? millis : undefined
    if (glides || moves) request()
    renderer.camera = model.camera
    if (model.editingTextId !== hiddenId) {
      hiddenId = model.editingTextId
      renderer.hiddenIds = new Set(hiddenId === undefined ? [] : [hiddenId])
    }
    // Reading the scene brings it up to date, which tells the renderer what changed.
    void model.scene
    renderer.overlayChanged()
  }
  const request = (): void => {
    if (requested !== 0) return
    requested = requestAnimationFrame(frame)
    // The renderer's own frame is asked for after this one, and so comes after it: a change is painted in one frame.
    renderer.overlayChanged()
  }

  const stops = [model.subscribe(request), model.onScene((objectIds) => renderer.sceneChanged(objectIds))]
  const resize = new ResizeObserver(() => {
    const { clientHeight: height, clientWidth: width } = element
    renderer.resize(width, height)
    model.setViewportSize({ width, height })
  })
  resize.observe(element)
  request()
  return () => {
    cancelAnimationFrame(requested)
    for (const stop of stops) stop()
    resize.disconnect()
    input.dispose()
    cameraInput.dispose()
    renderer.dispose()
  }
}
