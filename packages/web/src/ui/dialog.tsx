import { X } from "lucide-react";
import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { t } from "../i18n/i18n.ts";
import { IconButton } from "./icon-button.tsx";
import styles from "./dialog.module.css";

export interface DialogProps {
  readonly title: string;
  readonly open: boolean;
  /** The user wants it closed: by Esc, by the button, or by a press beside it. */
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons at its end; the last one is the main one. */
  readonly actions?: ReactNode;
}

/** A dialog over the page, which cannot be used meanwhile. Afterwards the focus is where it was. */
export function Dialog(props: DialogProps) {
  return props.open && <OpenDialog {...props} />;
}

function OpenDialog({ title, onClose, children, actions }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const wasPressedBeside = useRef(false);
  const titleId = useId();

  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // The browser would take the button that closes it, which comes first.
    body.current?.querySelector<HTMLElement>("input, textarea, select")?.focus();
    // Before it leaves the document: only then does the focus go back.
    return () => dialog?.close();
  }, []);

  return (
    <dialog
      ref={ref}
      className={styles.dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => (wasPressedBeside.current = event.target === event.currentTarget)}
      onClick={(event) => {
        // A selection that is dragged out of the dialog ends there too, but began inside.
        if (event.target === event.currentTarget && wasPressedBeside.current) onClose();
      }}
    >
      <div className={styles.content}>
        <header className={styles.header}>
          <h2 id={titleId} className={styles.title} dir="auto">
            {title}
          </h2>
          <IconButton label={t("app.close")} onClick={onClose}>
            <X />
          </IconButton>
        </header>
        <div ref={body} className={styles.body}>
          {children}
        </div>
        {actions !== undefined && <footer className={styles.actions}>{actions}</footer>}
      </div>
    </dialog>
  );
}
