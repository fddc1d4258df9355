const segmenter = new Intl.Segmenter();

/** What a reader sees as the first character: an emoji, or a letter with its accents. */
function firstOf(word: string): string {
  for (const { segment } of segmenter.segment(word)) return segment;
  return "";
}

/** The first characters of the first and the last word of a name. */
export function initials(name: string): string {
  const words = name
    .trim()
    .split(/[\s_.-]+/u)
    .filter(Boolean);
  const ends = words.length > 1 ? [words.at(0), words.at(-1)] : words;
  return (
    ends
      .map((word) => firstOf(word ?? ""))
      .join("")
      .toLocaleUpperCase() || "?"
  );
}
