import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "./class-names.ts";
import styles from "./text-field.module.css";

export interface TextFieldProps extends ComponentProps<"input"> {
  readonly label: string;
  readonly error?: string | undefined;
  readonly hint?: string | undefined;
  /** Stands inside the field, at its end. */
  readonly end?: ReactNode;
}

/** A line of text with its label; what is wrong with it stands below, and is read with it. */
export function TextField({ label, error, hint, end, className, ...input }: TextFieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={classNames(styles.field, className)}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.box}>
        <input
          dir="auto"
          {...input}
          id={id}
          className={classNames(styles.input, end !== undefined && styles.withEnd)}
          aria-invalid={error !== undefined}
          aria-describedby={note === undefined ? undefined : `${id}-note`}
        />
        {end !== undefined && <div className={styles.end}>{end}</div>}
      </div>
      {note !== undefined && (
        <p id={`${id}-note`} className={error === undefined ? styles.hint : styles.error}>
          {note}
        </p>
      )}
    </div>
  );
}
