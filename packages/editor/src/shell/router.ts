/** The two addresses of the page, `/` and `/f/{id}`, without a reload between them. */
import { useEffect, useState } from "preact/hooks"

export type Route = { readonly page: "files" } | { readonly page: "file"; readonly fileId: string } | { readonly page: "nowhere" }

const routeOf = (path: string): Route => {
  if (path === "/") return { page: "files" }
  const fileId = fileIdIn(path)
  return fileId === undefined ? { page: "nowhere" } : { page: "file", fileId }
}

export const fileIdIn = (path: string): string | undefined => /^\/f\/([^/]+)\/?$/.exec(path)?.[1]?.toLowerCase()

export const pathOfFile = (fileId: string): string => `/f/${fileId}`

const changed = new EventTarget()

export const navigate = (path: string): void => {
  history.pushState(null, "", path)
  changed.dispatchEvent(new Event("route"))
}

/** For a link's click: stays on the page unless the person asked for another tab. */
export const followLink = (event: MouseEvent & { readonly currentTarget: HTMLAnchorElement }): void => {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  navigate(event.currentTarget.pathname)
}

export const useRoute = (): Route => {
  const [path, setPath] = useState(location.pathname)
  useEffect(() => {
    const read = () => setPath(location.pathname)
    globalThis.addEventListener("popstate", read)
    changed.addEventListener("route", read)
    return () => {
      globalThis.removeEventListener("popstate", read)
      changed.removeEventListener("route", read)
    }
  }, [])
  return routeOf(path)
}
