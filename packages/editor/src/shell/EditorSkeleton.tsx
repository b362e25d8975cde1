/** The editor's shape while its program or its file is on the way. */
import type { ComponentChildren } from "preact"

export const EditorSkeleton = ({ children }: { readonly children?: ComponentChildren }) => (
  <div class="editor" aria-busy="true">
    <header class="editor-header">
      <span class="skeleton" data-size="square" />
      <span class="skeleton" data-size="title" />
    </header>
    <aside class="panel" data-side="left">
      <div class="panel-title"><span class="skeleton" data-size="word" /></div>
      {Array.from({ length: 8 }, (_, index) => <span key={index} class="skeleton" data-size="row" />)}
    </aside>
    <main class="canvas-place">
      <div class="canvas-loading" role="status">{children ?? "Opening the file…"}</div>
    </main>
    <aside class="panel" data-side="right">
      <div class="panel-title"><span class="skeleton" data-size="word" /></div>
    </aside>
  </div>
)
