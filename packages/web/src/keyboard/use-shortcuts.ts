import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { useAppClient } from "../app-client.tsx";

export interface ShortcutActions {
  readonly showKeys: () => void;
  readonly focusFilter: () => void;
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");

/** The keys that work everywhere, while no dialog is open. */
export function useShortcuts(actions: ShortcutActions): void {
  const { list } = useAppClient().stores;
  const [path, navigate] = useLocation();
  const latest = useRef({ actions, path });
  useEffect(() => {
    latest.current = { actions, path };
  });

  useEffect(() => {
    function move(step: 1 | -1): void {
      const ids = list.getSnapshot().conversations.map(({ id }) => id);
      const here = ids.indexOf(Number(/^\/c\/(\d+)/.exec(latest.current.path)?.[1]));
      const next = ids[here < 0 ? 0 : here + step];
      if (next !== undefined) navigate(`/c/${next}`);
    }

    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const { key, altKey, ctrlKey, metaKey } = event;
      if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === "k") latest.current.actions.focusFilter();
      else if (altKey && !ctrlKey && !metaKey && (key === "ArrowUp" || key === "ArrowDown"))
        move(key === "ArrowUp" ? -1 : 1);
      else if (key === "?" && !ctrlKey && !metaKey && !isTyping(event.target))
        latest.current.actions.showKeys();
      else return;
      event.preventDefault();
    }
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [list, navigate]);
}
