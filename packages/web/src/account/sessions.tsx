import type { Session } from "@causerie/client";
import { KeyRound, Monitor, Smartphone } from "lucide-react";
import { useState } from "react";
import { useAppClient } from "../app-client.tsx";
import { fullText, whenText } from "../i18n/dates.ts";
import { t } from "../i18n/i18n.ts";
import { useAttempt } from "../notices/use-attempt.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { deviceOf } from "./device-of.ts";
import { LoadState } from "./load-state.tsx";
import { useLoaded } from "./use-loaded.ts";
import styles from "./sessions.module.css";

/** Where the user is signed in. Every other place can be signed out from here. */
export function Sessions() {
  const { auth } = useAppClient();
  const { value: sessions, error, reload } = useLoaded(auth.sessions.list);
  const attempt = useAttempt();
  /** The session that is being ended, or all others. */
  const [ending, setEnding] = useState<string>();

  async function end(what: string, call: () => Promise<unknown>): Promise<void> {
    setEnding(what);
    await attempt(call);
    reload();
    setEnding(undefined);
  }

  if (!sessions) return <LoadState error={error} reload={reload} />;
  return (
    <>
      <ul className={styles.list}>
        {sessions.map((session) => (
          <Row
            key={session.id}
            session={session}
            isBusy={ending === session.id}
            onEnd={() => void end(session.id, () => auth.sessions.revoke({ session_id: session.id }))}
          />
        ))}
      </ul>
      {sessions.length > 1 && (
        <div>
          <Button
            busy={ending === "others"}
            onClick={() => void end("others", () => auth.sessions.revokeOthers())}
          >
            {t("account.endOthers")}
          </Button>
        </div>
      )}
    </>
  );
}

interface RowProps {
  readonly session: Session;
  readonly isBusy: boolean;
  readonly onEnd: () => void;
}

function Row({ session, isBusy, onEnd }: RowProps) {
  const { name, isPhone } = deviceOf(session.device);
  const shown = name ?? t("account.device.unknown");
  const Icon = session.kind === "token" ? KeyRound : isPhone ? Smartphone : Monitor;
  return (
    <li className={styles.row}>
      <Icon aria-hidden="true" className={styles.icon} />
      <div>
        <p className={styles.device}>
          <span dir="auto" title={session.device ?? undefined}>
            {shown}
          </span>
          {session.current && <Badge isQuiet>{t("account.thisDevice")}</Badge>}
        </p>
        <p className={styles.times}>
          <When label="account.sessionCreated" at={session.created_at} />
          <When label="account.sessionUsed" at={session.last_used_at} />
        </p>
      </div>
      {!session.current && (
        <Button busy={isBusy} aria-label={t("account.endSession", { device: shown })} onClick={onEnd}>
          {t("account.end")}
        </Button>
      )}
    </li>
  );
}

function When({
  label,
  at,
}: {
  readonly label: "account.sessionCreated" | "account.sessionUsed";
  at: string;
}) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={fullText(date)}>
      {t(label, { when: whenText(date, new Date()) })}
    </time>
  );
}
