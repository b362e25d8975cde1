/** A page that is loaded when it is first wanted; `children` stand in its place meanwhile. */
import type { ComponentChildren, FunctionComponent } from "preact"
import { useEffect, useState } from "preact/hooks"
import { StatePage } from "./StatePage.tsx"

interface LazyPageProps<Props> {
  readonly loaded?: FunctionComponent<Props> | undefined
  readonly load: () => Promise<FunctionComponent<Props>>
  readonly props: Props
  readonly children: ComponentChildren
}

export const LazyPage = <Props extends object>({ children, load, loaded, props }: LazyPageProps<Props>) => {
  const [state, setState] = useState<{ readonly Page?: FunctionComponent<Props> | undefined; readonly hasFailed?: boolean }>({ Page: loaded })
  useEffect(() => {
    if (state.Page === undefined) load().then((Page) => setState({ Page }), () => setState({ hasFailed: true }))
  }, [])
  if (state.Page !== undefined) return <state.Page {...props} />
  if (state.hasFailed !== true) return <>{children}</>
  return (
    <main class="whole-page">
      <StatePage
        icon="offline"
        title="The page could not be loaded"
        // A module that failed to load stays failed until the page is loaded again.
        actions={<button type="button" class="button" data-primary onClick={() => location.reload()}>Try again</button>}
      >
        The server did not answer, or was updated meanwhile.
      </StatePage>
    </main>
  )
}
