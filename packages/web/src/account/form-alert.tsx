import { CircleAlert } from "lucide-react";
import styles from "./form.module.css";

/** What is wrong with a whole form, read out when it appears. */
export function FormAlert({ text }: { readonly text: string | undefined }) {
  return (
    <div role="alert" className={styles.alertRegion}>
      {text !== undefined && (
        <p className={styles.alert}>
          <CircleAlert aria-hidden="true" />
          {text}
        </p>
      )}
    </div>
  );
}
