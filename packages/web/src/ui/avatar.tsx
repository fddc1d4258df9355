import type { CSSProperties } from "react";
import { t } from "../i18n/i18n.ts";
import { classNames } from "./class-names.ts";
import { initials } from "./initials.ts";
import styles from "./avatar.module.css";

export interface AvatarProps {
  /** Of the user or the conversation: it chooses the colour. */
  readonly id: number;
  readonly name: string;
  /** In pixels. */
  readonly size?: number;
  /** A dot tells it; nothing is said while it is unknown. */
  readonly status?: "online" | "inactive" | "offline" | "unknown" | undefined;
}

/** A disc with the initials of a name, in a colour that stays the same. Its name is read from the text beside it. */
export function Avatar({ id, name, size = 40, status }: AvatarProps) {
  // Steps of the golden angle: neighbours differ the most.
  const style = { "--size": `${size / 16}rem`, "--hue": (id * 137.508) % 360 } as CSSProperties;
  return (
    <span className={styles.avatar} style={style}>
      <span className={styles.disc} aria-hidden="true">
        {initials(name)}
      </span>
      {status !== undefined && status !== "unknown" && (
        <span
          className={classNames(styles.dot, styles[status])}
          role="img"
          aria-label={t(`person.${status}`)}
        />
      )}
    </span>
  );
}
