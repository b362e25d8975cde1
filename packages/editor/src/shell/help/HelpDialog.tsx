/** All keyboard shortcuts, as the table has them that the keyboard itself goes by. */
import { type Shortcut, shortcuts } from "../../tools/shortcuts.ts"
import { Dialog } from "../parts/Dialog.tsx"
import { keysOf } from "../parts/keysText.ts"

/** As they fill two columns evenly. */
const sections = ["Tools", "Edit", "View", "Arrange", "Selection"] as const satisfies ReadonlyArray<Shortcut["section"]>

export const HelpDialog = ({ onClose }: { readonly onClose: () => void }) => (
  <Dialog title="Keyboard shortcuts" onClose={onClose} class="help">
    <div class="help-sections">
      {sections.map((section) => (
        <section key={section}>
          <h3>{section}</h3>
          <dl>
            {shortcuts.filter((shortcut) => shortcut.section === section).map(({ keys, label }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{keysOf(keys).map((key) => <kbd key={key}>{key}</kbd>)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  </Dialog>
)
