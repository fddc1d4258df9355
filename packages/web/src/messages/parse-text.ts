import { linkifyit } from "linkify-it";

/** A part of a message. */
export type TextPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "link"; readonly text: string; readonly href: string }
  | { readonly type: "code"; readonly text: string }
  | { readonly type: "block"; readonly text: string };

const linkify = linkifyit({ fuzzyLink: true });
const safeSchemes = ["http:", "https:", "mailto:"];
/** A fenced block, or code within a line. */
const code = /```(?:[\w+-]*\n)?([\s\S]+?)\n?```|`([^`\n]+)`/g;

/** Whether a link leads where a link of a message may lead. */
function isSafe(href: string): boolean {
  return URL.canParse(href) && safeSchemes.includes(new URL(href).protocol);
}

function* linksIn(text: string): Generator<TextPart> {
  let from = 0;
  for (const match of linkify.match(text) ?? []) {
    const { index, lastIndex, url, raw } = match;
    if (!isSafe(url)) continue;
    if (index > from) yield { type: "text", text: text.slice(from, index) };
    yield { type: "link", text: raw, href: url };
    from = lastIndex;
  }
  if (from < text.length) yield { type: "text", text: text.slice(from) };
}

/** Takes a message apart: text, links, and code. What it says is never markup. */
export function parseText(content: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of content.matchAll(code)) {
    const [whole, block, inline] = match;
    const isBlock = block !== undefined;
    // A block stands on lines of its own: the line breaks around it are its.
    const before = content.slice(from, match.index);
    parts.push(...linksIn(isBlock ? before.replace(/\n$/, "") : before));
    parts.push({ type: isBlock ? "block" : "code", text: block ?? inline ?? whole });
    from = match.index + whole.length;
    if (isBlock && content[from] === "\n") from += 1;
  }
  parts.push(...linksIn(content.slice(from)));
  return parts;
}
