import { Ellipsis } from "lucide-react";
import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { IconButton } from "./icon-button.tsx";
import { nextMenuItem } from "./next-menu-item.ts";
import styles from "./menu.module.css";

export interface MenuItem {
  readonly label: string;
  readonly onSelect: () => void;
  readonly icon?: ReactNode;
  readonly danger?: boolean;
}

export interface MenuProps {
  /** What the button is for: read out, and shown when the pointer rests on it. */
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** What the button shows, instead of three dots. */
  readonly children?: ReactNode;
  readonly className?: string;
}

/** Beside the button, on the side where there is room. */
function place(menu: HTMLElement, button: HTMLElement): void {
  const { top, bottom, left, right } = button.getBoundingClientRect();
  const { innerWidth, innerHeight } = window;
  const isLow = bottom > innerHeight * 0.6;
  const isRight = (left + right) / 2 > innerWidth / 2;
  Object.assign(menu.style, {
    top: isLow ? "auto" : `${bottom + 4}px`,
    bottom: isLow ? `${innerHeight - top + 4}px` : "auto",
    left: isRight ? "auto" : `${Math.max(left, 8)}px`,
    right: isRight ? `${Math.max(innerWidth - right, 8)}px` : "auto",
  });
}

/** A button that opens a menu of commands. The browser closes it by Esc and by a press elsewhere, and gives the focus back. */
export function Menu({ label, items, children, className }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const entries = () => [...(menu.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === "Tab") return menu.current?.hidePopover();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const all = entries();
    const next = nextMenuItem(
      all.map((entry) => entry.textContent),
      all.findIndex((entry) => entry === document.activeElement),
      event.key,
    );
    if (next === undefined) return;
    event.preventDefault();
    all[next]?.focus();
  }

  return (
    <>
      <IconButton
        ref={button}
        label={label}
        className={className}
        popoverTarget={id}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" || isOpen) return;
          event.preventDefault();
          menu.current?.showPopover();
        }}
      >
        {children ?? <Ellipsis />}
      </IconButton>
      <div
        ref={menu}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        className={styles.menu}
        onKeyDown={onKeyDown}
        onBeforeToggle={(event) => {
          if (event.newState === "open" && button.current) place(event.currentTarget, button.current);
        }}
        onToggle={(event) => {
          setOpen(event.newState === "open");
          if (event.newState === "open") entries()[0]?.focus();
        }}
      >
        {items.map((item) => (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            className={classNames(styles.item, item.danger && styles.danger)}
            onClick={() => {
              // Closed first, so that what opens next takes the focus and gives it back to the button.
              menu.current?.hidePopover();
              item.onSelect();
            }}
          >
            {item.icon}
            {item.label}
          </button>
        ))}
      </div>
    </>
  );
}
