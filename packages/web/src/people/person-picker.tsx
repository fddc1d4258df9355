import type { User } from "@causerie/client";
import { useEffect, useRef, useState } from "react";
import { useAppClient } from "../app-client.tsx";
import { t } from "../i18n/i18n.ts";
import { useAttempt } from "../notices/use-attempt.ts";
import { Avatar } from "../ui/avatar.tsx";
import { TextField } from "../ui/text-field.tsx";
import styles from "./person-picker.module.css";

interface Props {
  /** Those who are not offered. */
  readonly without: readonly number[];
  readonly onPick: (user: User) => void;
  readonly label?: string;
}

const waitMs = 150;
const mostShown = 30;

/** Finds people by their name. The first one found can be taken with Enter, the others with the arrow keys. */
export function PersonPicker({ without, onPick, label = t("person.find") }: Props) {
  const client = useAppClient();
  const attempt = useAttempt();
  const [query, setQuery] = useState("");
  const [found, setFound] = useState<readonly User[]>();
  const list = useRef<HTMLUListElement>(null);
  const offered = found?.filter(({ id }) => !without.includes(id));

  useEffect(() => {
    const aborting = new AbortController();
    const name = query.trim();
    const ask = async () => {
      const input = name === "" ? { limit: mostShown } : { query: name, limit: mostShown };
      setFound(await client.users.list(input, { signal: aborting.signal }));
    };
    const timer = setTimeout(() => void attempt(ask), name === "" ? 0 : waitMs);
    return () => {
      clearTimeout(timer);
      aborting.abort();
    };
  }, [client, attempt, query]);

  function pick(user: User): void {
    setQuery("");
    onPick(user);
  }

  function move(step: number): void {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const here = buttons.findIndex((button) => button === document.activeElement);
    buttons[Math.min(here + step, buttons.length - 1)]?.focus();
  }

  return (
    <div
      className={styles.picker}
      onKeyDown={(event) => {
        if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
        event.preventDefault();
        move(event.key === "ArrowDown" ? 1 : -1);
      }}
    >
      <TextField
        label={label}
        placeholder={t("person.findHint")}
        value={query}
        autoFocus
        autoComplete="off"
        onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => {
          const first = offered?.[0];
          if (event.key !== "Enter" || !first) return;
          event.preventDefault();
          pick(first);
        }}
      />
      <ul ref={list} className={styles.found}>
        {offered?.map((user) => (
          <li key={user.id}>
            <button type="button" className={styles.person} onClick={() => pick(user)}>
              <Avatar id={user.id} name={user.name} size={32} />
              <span dir="auto">{user.name}</span>
            </button>
          </li>
        ))}
        {offered?.length === 0 && <li className={styles.none}>{t("person.none")}</li>}
      </ul>
    </div>
  );
}
