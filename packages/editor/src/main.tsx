/** The page: a list of files at `/`, and an editor of one file at `/f/{id}`. */
import { render } from "preact"
import { App } from "./shell/App.tsx"

const place = document.getElementById("page")
if (place === null) throw new Error("index.html has no element #page")
render(<App />, place)

// After everything that is to be seen. Where it cannot be (no HTTPS, private windows), the page just needs its server.
addEventListener("load", () => {
  navigator.serviceWorker?.register("/serviceWorker.js").catch(() => undefined)
})
