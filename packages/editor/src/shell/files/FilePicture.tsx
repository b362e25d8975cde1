/** What a file looks like, as the server painted it a short while ago; its cover as long as that is not there. */
import { useEffect, useRef, useState } from "preact/hooks"
import { FileCover } from "./FileCover.tsx"
import { type FileEntry, readThumbnail } from "./FilesApi.ts"

export const FilePicture = ({ file: { id, seq } }: { readonly file: FileEntry }) => {
  const place = useRef<HTMLDivElement>(null)
  const [address, setAddress] = useState<string>()
  const isEmpty = seq === 0
  useEffect(() => {
    if (place.current === null || isEmpty) return undefined
    const controller = new AbortController()
    let made: string | undefined
    const sight = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      sight.disconnect()
      readThumbnail(id, controller.signal).then(
        (image) => {
          if (image === undefined || controller.signal.aborted) return
          made = URL.createObjectURL(image)
          setAddress(made)
        },
        // The cover stands for it.
        () => undefined
      )
    })
    sight.observe(place.current)
    return () => {
      sight.disconnect()
      controller.abort()
      if (made !== undefined) URL.revokeObjectURL(made)
    }
  }, [id, isEmpty])
  return (
    <div ref={place} aria-hidden="true">
      {address === undefined ? <FileCover fileId={id} isEmpty={isEmpty} /> : <img class="file-picture" src={address} alt="" />}
    </div>
  )
}
