import type { ConversationState } from "@causerie/client";
import type { MessagesView } from "@causerie/client/react";
import { ArrowDown } from "lucide-react";
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type Ref,
} from "react";
import { t } from "../i18n/i18n.ts";
import { Badge } from "../ui/badge.tsx";
import { Spinner } from "../ui/spinner.tsx";
import { useArrivals } from "./arrivals.tsx";
import type { MessageCommands } from "./message-actions.tsx";
import { MessageRow } from "./message-row.tsx";
import { rowsOf } from "./rows.ts";
import { useAnchoredScroll, type Seen, type Target } from "./use-anchored-scroll.ts";
import { usePatientLoads } from "./use-patient-loads.ts";
import styles from "./message-list.module.css";

/** What others may ask of the list. */
export interface MessageListHandle {
  /** Shows a message, or the end, as soon as it is loaded. */
  bringTo(target: Target): void;
}

interface Props {
  readonly ref: Ref<MessageListHandle>;
  readonly conversation: ConversationState;
  readonly view: MessagesView;
  readonly me: number;
  /** Up to where it was read when it was opened. */
  readonly readUpTo: number | undefined;
  readonly start: Target;
  readonly commands: MessageCommands;
  readonly onAtEnd: (isAtEnd: boolean) => void;
}

/** How near the end of what is loaded more is asked for, in screens. */
const nearEnd = 1.5;
const foundMs = 2_000;

/** The messages of a conversation, as far as they are loaded. */
export function MessageList(props: Props) {
  const { conversation, view, me, readUpTo, start, commands, onAtEnd } = props;
  const { items, status, hasOlder, hasNewer, newerCount } = view;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const [activeKey, setActiveKey] = useState<string>();
  const [foundId, setFoundId] = useState<number>();
  const [isAway, setAway] = useState(false);
  const rows = useMemo(() => rowsOf(items, me, readUpTo), [items, me, readUpTo]);
  const load = usePatientLoads();
  const isReady = status === "ready";

  function onSeen({ screen, above, below, isAtEnd }: Seen): void {
    view.setScreen(screen && [...screen]);
    if (hasOlder && above < nearEnd) load("older", view.loadOlder);
    if (hasNewer && below < nearEnd) load("newer", view.loadNewer);
    setAway(hasNewer || below > 1);
    onAtEnd(isAtEnd);
  }

  const onArrived = (target: Target) => target.to === "message" && setFoundId(target.id);
  const { onScroll, bringTo } = useAnchoredScroll(scroller, list, {
    items: rows,
    isLive: isReady && !hasNewer,
    isReady,
    onSeen,
    onArrived,
  });

  useEffect(() => {
    if (foundId === undefined) return;
    const timer = setTimeout(() => setFoundId(undefined), foundMs);
    return () => clearTimeout(timer);
  }, [foundId]);

  useImperativeHandle(props.ref, () => ({ bringTo }), [bringTo]);
  const begin = useRef(start);
  useEffect(() => bringTo(begin.current), [bringTo]);

  const toEnd = useCallback(() => {
    bringTo({ to: "end" });
    load("end", view.jumpToEnd);
  }, [bringTo, load, view.jumpToEnd]);

  /** A row becomes active unless a menu is open: that belongs to the row where it was opened. */
  function activate(target: EventTarget): void {
    if (document.querySelector(":popover-open")) return;
    const row = target instanceof Element ? target.closest<HTMLElement>("[data-key]") : null;
    setActiveKey(row?.dataset["key"]);
  }

  /** The arrow keys go from message to message. */
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target instanceof Element && event.target.closest("[role=menu]")) return;
    const here = document.activeElement?.closest<HTMLElement>("[data-key]");
    const next = here
      ? event.key === "ArrowUp"
        ? here.previousElementSibling
        : here.nextElementSibling
      : list.current?.lastElementChild;
    if (!(next instanceof HTMLElement)) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  const isDirect = conversation.kind === "direct";
  const news = useArrivals(items, me, isReady && !hasNewer);
  return (
    <div className={styles.place}>
      <div
        ref={scroller}
        className={styles.scroller}
        role="log"
        // What comes is told by `news` at its own pace.
        aria-live="off"
        aria-label={t("chat.log")}
        tabIndex={0}
        onScroll={onScroll}
        onPointerOver={(event) => activate(event.target)}
        onPointerLeave={(event) => event.pointerType === "mouse" && activate(event.currentTarget)}
        onFocus={(event) => activate(event.target)}
        onKeyDown={onKeyDown}
      >
        <div className={styles.column}>
          {isReady && !hasOlder && <p className={styles.begin}>{t("chat.begin")}</p>}
          {isReady && hasOlder && (
            <div className={styles.loading}>{view.isLoadingOlder && <Spinner isDecoration />}</div>
          )}
          <ol ref={list} className={styles.list}>
            {rows.map((row) => (
              <MessageRow
                key={row.item.key}
                {...row}
                isOwn={row.senderId === me}
                isNamed={!isDirect}
                isActive={row.item.key === activeKey}
                isFound={row.item.state === "sent" && row.item.message.id === foundId}
                commands={commands}
              />
            ))}
          </ol>
          {hasNewer && (
            <div className={styles.loading}>{view.isLoadingNewer && <Spinner isDecoration />}</div>
          )}
        </div>
      </div>
      {!isReady && status === "loading" && (
        <div className={styles.wait}>
          <Spinner />
          {view.error && <p>{t("chat.failed")}</p>}
        </div>
      )}
      {isReady && isAway && (
        <button type="button" className={styles.toEnd} onClick={toEnd} title={t("chat.toEnd")}>
          <ArrowDown size={20} aria-hidden />
          <span className="visually-hidden">{t("chat.toEnd")}</span>
          {newerCount > 0 && (
            <span className={styles.count}>
              <Badge label={t("chat.newer", { count: newerCount })}>
                {newerCount > 99 ? "99+" : newerCount}
              </Badge>
            </span>
          )}
        </button>
      )}
      {news}
    </div>
  );
}
