/** A version as it was, to be looked at: panned and zoomed as the file itself, and not edited. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import { CameraInput } from "../../camera/CameraInput.ts"
import { fit } from "../../camera/Camera.ts"
import type { ReadImage } from "../../render/ImageCache.ts"
import { Renderer } from "../../render/Renderer.ts"
import type { Scene } from "../../scene/Scene.ts"
import { messageOf } from "../request.ts"
import type { VersionScenes } from "./VersionScenes.ts"

const padding = 48

export const VersionPreview = ({ label, scenes, versionId }: { readonly label: string; readonly scenes: VersionScenes; readonly versionId: string }) => {
  const [scene, setScene] = useState<Scene>()
  const [fault, setFault] = useState<string>()
  useEffect(() => {
    const controller = new AbortController()
    setScene(undefined)
    setFault(undefined)
    scenes.read(versionId, controller.signal).then(
      (read) => controller.signal.aborted || setScene(read),
      (error: unknown) => controller.signal.aborted || setFault(messageOf(error))
    )
    return () => controller.abort()
  }, [scenes, versionId])
  if (fault !== undefined) return <p class="versions-state" role="alert">{fault}</p>
  if (scene === undefined) return <p class="versions-state" role="status">Loading this version…</p>
  if (scene.bounds === undefined) return <p class="versions-state" role="status">The file was empty then.</p>
  return <SceneView key={versionId} scene={scene} label={label} readImage={scenes.readImage} />
}

const SceneView = ({ label, readImage, scene }: { readonly label: string; readonly readImage: ReadImage; readonly scene: Scene }) => {
  const element = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const overlay = useRef<HTMLCanvasElement>(null)
  useLayoutEffect(() => {
    if (element.current === null || canvas.current === null || overlay.current === null) return undefined
    const place = element.current
    const renderer = new Renderer({ canvas: canvas.current, overlay: overlay.current, scene, readImage })
    const input = new CameraInput(place, () => renderer.camera, (camera) => {
      renderer.camera = camera
    }, { touchPans: () => true })
    let isShown = false
    const resize = new ResizeObserver(() => {
      const { clientHeight: height, clientWidth: width } = place
      renderer.resize(width, height)
      if (isShown || width === 0 || scene.bounds === undefined) return
      isShown = true
      renderer.camera = fit(scene.bounds, { width, height }, padding, 1)
    })
    resize.observe(place)
    return () => {
      resize.disconnect()
      input.dispose()
      renderer.dispose()
    }
  }, [readImage, scene])
  return (
    <div ref={element} class="version-canvas" role="img" aria-label={label}>
      <canvas ref={canvas} />
      <canvas ref={overlay} />
    </div>
  )
}
