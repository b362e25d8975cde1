/** A small picture of a version, made when it comes into sight. Decoration: its line says which version it is. */
import { useEffect, useRef, useState } from "preact/hooks"
import { paintThumbnail } from "../../render/paintThumbnail.ts"
import type { VersionScenes } from "./VersionScenes.ts"

/** Twice what is shown, for dense screens. */
const size = { width: 144, height: 96 }

export const VersionThumbnail = ({ scenes, versionId }: { readonly scenes: VersionScenes; readonly versionId: string }) => {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [isPainted, setPainted] = useState(false)
  useEffect(() => {
    const { current } = canvas
    if (current === null) return undefined
    const controller = new AbortController()
    const paint = async () => {
      const scene = await scenes.read(versionId, controller.signal)
      if (!controller.signal.aborted) setPainted(await paintThumbnail(current, scene, controller.signal))
    }
    const sight = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      sight.disconnect()
      // The list is of use without its pictures.
      paint().catch(() => undefined)
    })
    sight.observe(current)
    return () => {
      sight.disconnect()
      controller.abort()
    }
  }, [scenes, versionId])
  return <canvas ref={canvas} class="version-thumbnail" aria-hidden="true" data-painted={isPainted} {...size} />
}
