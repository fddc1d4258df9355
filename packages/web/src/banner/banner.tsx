import { useConnection } from "@causerie/client/react";
import { CloudOff, RefreshCw, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { useAppClient } from "../app-client.tsx";
import { t, type TextKey } from "../i18n/i18n.ts";
import styles from "./banner.module.css";

type State = ReturnType<typeof useConnection>;

/** What there is to say of a connection; undefined when all is well. */
function textOf(state: State): TextKey | undefined {
  switch (state.state) {
    case "online":
      return undefined;
    case "connecting":
      return "banner.connecting";
    case "reconnecting":
      return state.phase === "catching_up" ? "banner.catchingUp" : "banner.reconnecting";
    case "offline":
      return state.reason === "no_network" ? "banner.offline" : undefined;
    case "closed":
      return state.reason === "by_app" ? undefined : "banner.closed";
    case "auth_lost":
      return state.reason === "session_ended" ? "banner.ended" : undefined;
  }
}

/** What passes within this time is not worth a word. */
const patienceMs = 1_200;

/** Says quietly that the connection is not there, and offers what can be done. */
export function Banner() {
  const client = useAppClient();
  const state = useConnection();
  const text = textOf(state);
  const passes = state.state === "connecting" || state.state === "reconnecting";
  const [isLate, setIsLate] = useState(false);

  useEffect(() => {
    if (!passes) return setIsLate(false);
    const timer = setTimeout(() => setIsLate(true), patienceMs);
    return () => clearTimeout(timer);
  }, [passes]);

  const isShown = text !== undefined && (!passes || isLate);
  const Icon = state.state === "offline" ? CloudOff : passes ? RefreshCw : TriangleAlert;
  return (
    <div className={styles.place} role="status">
      {isShown && (
        <p className={styles.banner} data-kind={passes ? "passing" : state.state}>
          <Icon size={16} aria-hidden />
          <span>{t(text)}</span>
          {passes && state.phase === "waiting" && (
            <button type="button" onClick={() => client.connection.connect()}>
              {t("banner.now")}
            </button>
          )}
          {state.state === "closed" && (
            <button type="button" onClick={() => location.reload()}>
              {t("app.reload")}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
