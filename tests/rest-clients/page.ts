import { readFile } from "node:fs/promises";

/** What docs/rest-clients.md tells readers of one generator. */
export interface Section {
  /** The command that generates the client, word by word, for this server; empty where there is none. */
  command(url: string): string[];
  /** The program that uses it. */
  readonly code: string;
}

/** Reads a section of the page by its heading. */
export async function readSection(heading: string): Promise<Section> {
  const page = await readFile("docs/rest-clients.md", "utf8");
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const blocks = [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  const textOf = (isShell: boolean) => blocks.find(([, language]) => (language === "sh") === isShell)?.[2];
  const code = textOf(false);
  if (code === undefined) throw new Error(`The page has no code under "${heading}".`);
  return {
    command: (url) => (textOf(true) ?? "").replace("https://chat.example.com", url).trim().split(/\s+/),
    code,
  };
}
