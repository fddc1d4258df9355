import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";
import styles from "./icon-button.module.css";

export interface IconButtonProps extends ComponentProps<"button"> {
  /** What it does: read out, and shown when the pointer rests on it. */
  readonly label: string;
}

/** A button that shows an icon alone. */
export function IconButton({ label, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={classNames(styles.button, className)}
    />
  );
}
