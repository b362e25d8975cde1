/** An icon in the colour of the text beside it. It says nothing to screen readers: the control that holds it does. */
import { type IconName, iconPaths } from "./iconPaths.ts"

export const Icon = ({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) => (
  <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
    <path d={iconPaths[name]} />
  </svg>
)
