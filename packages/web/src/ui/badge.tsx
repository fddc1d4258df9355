import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import styles from "./badge.module.css";

export interface BadgeProps {
  readonly children: ReactNode;
  /** What is said instead of the bare content, such as “3 unread messages”. */
  readonly label?: string;
  readonly isQuiet?: boolean;
}

/** A number or a word that marks what it stands at. */
export function Badge({ children, label, isQuiet = false }: BadgeProps) {
  return (
    <span className={classNames(styles.badge, isQuiet && styles.quiet)}>
      <span aria-hidden={label !== undefined}>{children}</span>
      {label !== undefined && <span className="visually-hidden">{label}</span>}
    </span>
  );
}
