import type { CauserieError } from "@causerie/client";
import { t } from "../i18n/i18n.ts";
import { errorText } from "../notices/use-attempt.ts";
import { Button } from "../ui/button.tsx";
import { Spinner } from "../ui/spinner.tsx";
import { FormAlert } from "./form-alert.tsx";
import styles from "./form.module.css";

/** Instead of what is not there yet: that it is being loaded, or why it is not. */
export function LoadState({
  error,
  reload,
}: {
  readonly error?: CauserieError | undefined;
  reload: () => void;
}) {
  if (!error) return <Spinner />;
  return (
    <div className={styles.actions}>
      <FormAlert text={errorText(error)} />
      <Button onClick={reload}>{t("app.retry")}</Button>
    </div>
  );
}
