/** A dialog that is loaded when it is first opened. Mounted is open. */
import type { FunctionComponent } from "preact"
import { useEffect, useState } from "preact/hooks"

interface LazyDialogProps<Props> {
  readonly load: () => Promise<FunctionComponent<Props>>
  readonly props: Props
  readonly onFailed: () => void
}

export const LazyDialog = <Props extends object>({ load, onFailed, props }: LazyDialogProps<Props>) => {
  const [loaded, setLoaded] = useState<{ readonly Dialog: FunctionComponent<Props> }>()
  useEffect(() => {
    load().then((Dialog) => setLoaded({ Dialog }), onFailed)
  }, [])
  return loaded === undefined ? null : <loaded.Dialog {...props} />
}
