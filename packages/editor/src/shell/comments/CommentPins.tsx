/**
 * Pins of threads over the canvas, and the region that the open one is about. Which pins there are is rendered; where
 * they stand is written into them in the frame that moves the camera.
 */
import type { Thread } from "@easel/client"
import { useLayoutEffect, useRef } from "preact/hooks"
import { toScreen } from "../../camera/Camera.ts"
import type { EditorModel } from "../../model/EditorModel.ts"
import { initialsOf } from "../editor/avatarLook.ts"
import { useModel } from "../editor/useModel.ts"

export const CommentPins = ({ model }: { readonly model: EditorModel }) => {
  const { commenting } = model
  const layer = useRef<HTMLDivElement>(null)
  const threads = useModel(model, () => commenting.threads)
  const openId = useModel(model, () => commenting.openId)
  const draft = useModel(model, () => commenting.draft)
  const shown = threads.filter(({ id, resolved }) => !resolved || id === openId)

  useLayoutEffect(() => {
    let requested = 0
    const place = () => {
      requested = 0
      if (layer.current !== null) placeAll(layer.current, model, shown)
    }
    place()
    const stop = model.subscribe(() => {
      if (requested === 0) requested = requestAnimationFrame(place)
    })
    return () => {
      stop()
      cancelAnimationFrame(requested)
    }
  }, [model, threads, openId, draft])

  return (
    <div class="comment-pins" ref={layer} role="group" aria-label="Comments on the canvas">
      <div class="comment-region" hidden />
      {shown.map((thread) => (
        <button
          key={thread.id}
          type="button"
          class="comment-pin"
          data-thread={thread.id}
          data-unread={thread.unread ? "" : undefined}
          aria-pressed={thread.id === openId}
          aria-label={pinLabel(thread)}
          onClick={() => commenting.open(thread.id === openId ? undefined : thread.id)}
        >
          {initialsOf(thread.comments[0]?.userName ?? "")}
        </button>
      ))}
      {draft !== undefined && <span class="comment-pin" data-thread="draft" aria-hidden="true">+</span>}
    </div>
  )
}

const pinLabel = ({ comments: [first, ...replies], unread }: Thread): string =>
  `Comment by ${first?.userName ?? ""}: ${first?.body.slice(0, 80) ?? ""}${replies.length > 0 ? `, ${replies.length} replies` : ""}${unread ? ", unread" : ""}`

const placeAll = (layer: HTMLElement, model: EditorModel, shown: ReadonlyArray<Thread>): void => {
  const { camera, commenting } = model
  const anchors = new Map(shown.map(({ anchor, id }) => [id, anchor]))
  if (commenting.draft !== undefined) anchors.set("draft", commenting.draft)
  for (const pin of layer.querySelectorAll<HTMLElement>("[data-thread]")) {
    const anchor = anchors.get(pin.dataset.thread ?? "")
    if (anchor === undefined) continue
    const place = commenting.placeOf(anchor)
    const { x, y } = toScreen(camera, place)
    pin.style.transform = `translate(${x}px, ${y}px)`
    pin.toggleAttribute("data-detached", place.at === "deleted object")
  }
  const region = layer.querySelector<HTMLElement>(".comment-region")
  if (region === null) return
  const box = commenting.region
  region.hidden = box === undefined
  if (box === undefined) return
  const { x, y } = toScreen(camera, box)
  region.style.transform = `translate(${x}px, ${y}px)`
  region.style.width = `${box.width * camera.zoom}px`
  region.style.height = `${box.height * camera.zoom}px`
}
