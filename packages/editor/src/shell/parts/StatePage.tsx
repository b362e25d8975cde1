/** What stands where content would be when there is none: why, and what can be done. */
import type { ComponentChildren } from "preact"
import { Icon } from "./Icon.tsx"
import type { IconName } from "./iconPaths.ts"

interface StatePageProps {
  readonly icon: IconName
  readonly title: string
  readonly children?: ComponentChildren
  readonly actions?: ComponentChildren
}

export const StatePage = ({ actions, children, icon, title }: StatePageProps) => (
  <div class="state-page">
    <div class="state-icon">
      <Icon name={icon} size={24} />
    </div>
    <h2>{title}</h2>
    {children !== undefined && <p>{children}</p>}
    {actions !== undefined && <div class="state-actions">{actions}</div>}
  </div>
)
