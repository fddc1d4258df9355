import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";
import { Spinner } from "./spinner.tsx";
import styles from "./button.module.css";

export interface ButtonProps extends ComponentProps<"button"> {
  readonly variant?: "primary" | "plain" | "danger";
  /** What it does is under way: it shows that, and does nothing meanwhile, but keeps the focus. */
  readonly busy?: boolean;
}

/** A button with words. It submits no form unless its `type` says so. */
export function Button({
  variant = "plain",
  busy = false,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(styles.button, styles[variant], className)}
      aria-busy={busy}
      aria-disabled={busy || rest["aria-disabled"]}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {busy && <Spinner isDecoration />}
      {children}
    </button>
  );
}
