import { useSyncExternalStore } from "react";
import { useServices } from "../services.tsx";
import styles from "./notices-view.module.css";

/** Shows what is told in passing, to eyes and to screen readers. */
export function NoticesView() {
  const { notices } = useServices();
  const shown = useSyncExternalStore(notices.subscribe, notices.getSnapshot);
  return (
    <div className={styles.notices} role="status">
      {shown.map(({ id, text }) => (
        <p key={id} className={styles.notice}>
          {text}
        </p>
      ))}
    </div>
  );
}
