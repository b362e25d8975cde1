/**
 * The scenes of versions, read when they are first shown. What a version holds never changes, so the last few are kept;
 * one is read at a time, the one that was asked for last first, for a list that is scrolled asks for many.
 */
import { canvasMeasure } from "../../render/canvasFont.ts"
import type { ReadImage } from "../../render/ImageCache.ts"
import { Scene } from "../../scene/Scene.ts"
import { fileImages } from "../editor/fileImages.ts"
import { readVersion } from "./VersionsApi.ts"

const keptMax = 8

interface Wanted {
  readonly versionId: string
  readonly resolve: (scene: Scene) => void
  readonly reject: (error: unknown) => void
}

export class VersionScenes {
  /** Reads the images of the file. */
  readonly readImage: ReadImage
  private readonly fileId: string
  private readonly kept = new Map<string, Scene>()
  private wanted: Array<Wanted> = []
  private isReading = false

  constructor(fileId: string) {
    this.fileId = fileId
    this.readImage = fileImages(fileId).read
  }

  /** The scene of a version; whoever does not want it any more aborts. */
  read(versionId: string, signal: AbortSignal): Promise<Scene> {
    return new Promise((resolve, reject) => {
      const wanted = { versionId, resolve, reject }
      this.wanted.push(wanted)
      signal.addEventListener("abort", () => {
        this.wanted = this.wanted.filter((other) => other !== wanted)
      })
      void this.readAll()
    })
  }

  private async readAll(): Promise<void> {
    if (this.isReading) return
    this.isReading = true
    for (let next = this.wanted.pop(); next !== undefined; next = this.wanted.pop()) {
      try {
        next.resolve(this.kept.get(next.versionId) ?? this.keep(next.versionId, await this.sceneOf(next.versionId)))
      } catch (error) {
        next.reject(error)
      }
    }
    this.isReading = false
  }

  private async sceneOf(versionId: string): Promise<Scene> {
    const scene = new Scene()
    scene.measureText(canvasMeasure())
    scene.update(await readVersion(this.fileId, versionId))
    return scene
  }

  private keep(versionId: string, scene: Scene): Scene {
    const [oldest] = this.kept.keys()
    if (oldest !== undefined && this.kept.size >= keptMax) this.kept.delete(oldest)
    this.kept.set(versionId, scene)
    return scene
  }
}
