import type { User } from "@causerie/client";
import { X } from "lucide-react";
import { t } from "../i18n/i18n.ts";
import styles from "./chosen-people.module.css";

interface Props {
  readonly people: readonly User[];
  readonly onRemove: (user: User) => void;
}

/** Those who were picked, each to be taken out again. */
export function ChosenPeople({ people, onRemove }: Props) {
  if (people.length === 0) return null;
  return (
    <ul className={styles.chosen}>
      {people.map((user) => (
        <li key={user.id}>
          <button
            type="button"
            className={styles.chip}
            aria-label={t("person.remove", { name: user.name })}
            onClick={() => onRemove(user)}
          >
            <span dir="auto">{user.name}</span>
            <X size={14} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  );
}
