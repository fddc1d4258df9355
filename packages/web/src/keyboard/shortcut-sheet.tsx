import { t, type TextKey } from "../i18n/i18n.ts";
import { Dialog } from "../ui/dialog.tsx";
import styles from "./shortcut-sheet.module.css";

const mod = navigator.platform.startsWith("Mac") ? "⌘" : "Ctrl";
const keys: readonly (readonly [keys: readonly string[], text: TextKey])[] = [
  [[mod, "K"], "keys.filter"],
  [["Alt", "↓"], "keys.next"],
  [["Alt", "↑"], "keys.previous"],
  [["Enter"], "keys.send"],
  [["Shift", "Enter"], "keys.line"],
  [["↑"], "keys.editLast"],
  [["Esc"], "keys.escape"],
  [["?"], "keys.help"],
];

/** Says which keys there are. */
export function ShortcutSheet({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={t("keys.title")} open onClose={onClose}>
      <dl className={styles.keys}>
        {keys.map(([combination, text]) => (
          <div key={text}>
            <dt>{t(text)}</dt>
            <dd>
              {combination.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
