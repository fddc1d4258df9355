import { memo } from "react";
import { parseText } from "./parse-text.ts";
import styles from "./message-text.module.css";

/** The text of a message, with its links and its code. */
export const MessageText = memo(function MessageText({ content }: { readonly content: string }) {
  return (
    <div className={styles.text} dir="auto">
      {parseText(content).map((part, n) => {
        switch (part.type) {
          case "text":
            return part.text;
          case "link":
            return (
              <a key={n} href={part.href} target="_blank" rel="noopener noreferrer nofollow">
                {part.text}
              </a>
            );
          case "code":
            return <code key={n}>{part.text}</code>;
          case "block":
            return (
              <pre key={n} dir="ltr">
                <code>{part.text}</code>
              </pre>
            );
        }
      })}
    </div>
  );
});
