/**
 * Keeps the page's own files, so that it opens again while the server is away or the editor is offline; what was
 * edited meanwhile is in the outbox. Files come and go with this script: the build writes their names into it, so a
 * new build is a new script, with files of its own. It never answers for the API.
 */

/** Written by the build: the paths of this build's files, and a name that no other build has. */
declare const pageFiles: ReadonlyArray<string>
declare const pageBuild: string

/** What is used of the worker's global scope; the DOM library has it only in another, conflicting library. */
interface WorkerScope {
  addEventListener(type: "install" | "activate", listener: (event: { waitUntil(done: Promise<unknown>): void }) => void): void
  addEventListener(type: "fetch", listener: (event: { readonly request: Request; respondWith(response: Promise<Response>): void }) => void): void
}

// SAFETY: this file runs in a service worker and nowhere else.
const scope = globalThis as unknown as WorkerScope

const cacheName = `easel-page-${pageBuild}`
const pagePath = "/"

scope.addEventListener("install", (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll([pagePath, ...pageFiles])))
})

scope.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) =>
    Promise.all(names.filter((name) => name.startsWith("easel-page-") && name !== cacheName).map((name) => caches.delete(name)))))
})

scope.addEventListener("fetch", (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== "GET" || origin !== location.origin) return
  if (pathname.startsWith("/assets/")) event.respondWith(keptOr(pathname, () => fetch(request)))
  else if (request.mode === "navigate" && (pathname === "/" || pathname.startsWith("/f/"))) {
    event.respondWith(fetch(request).catch(() => keptOr(pagePath, () => Promise.resolve(Response.error()))))
  }
})

const keptOr = async (path: string, otherwise: () => Promise<Response>): Promise<Response> =>
  (await (await caches.open(cacheName)).match(path)) ?? otherwise()
