import { createHash } from "node:crypto";
import type { BuildProgress } from "./build-progress.ts";

/** What is answered where the app would be, while it is not there. */
export interface WaitingPage {
  readonly status: 404 | 503;
  readonly html: string;
  /** Whether asking again soon helps. */
  readonly comesSoon: boolean;
}

const style = `body{font:1.125rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}
progress{width:100%}`;

/** By which a policy knows the style of these pages. */
export const waitingStyle = `sha256-${createHash("sha256").update(style).digest("base64")}`;

const steps: Record<BuildProgress["step"], (modules: number) => string> = {
  waiting: () => "It starts.",
  reading: (modules) => `${modules} files read so far.`,
  writing: (modules) => `${modules} files read; the result is being written.`,
};

/** Says how far the build is, or that it failed, or that there is none; and that the API answers all the while. */
export function waitingPage(progress: BuildProgress | undefined): WaitingPage {
  if (progress?.state === "building") {
    const body = `<h1>The app is being built</h1>
<progress aria-label="The build"></progress>
<p>${steps[progress.step](progress.modules)} This page goes on by itself when it is there.</p>`;
    return { status: 503, html: page(body, '<meta http-equiv="refresh" content="1">\n'), comesSoon: true };
  }
  if (progress?.state === "failed") {
    const body = `<h1>The app could not be built</h1>
<p>The terminal in which the server was started says why. Once that is mended, start the server again.</p>`;
    return { status: 503, html: page(body), comesSoon: false };
  }
  const body = `<h1>The app is not built</h1>
<p>Start the server with <code>pnpm start</code>, which builds it, or run <code>pnpm build</code>.</p>`;
  return { status: 404, html: page(body), comesSoon: false };
}

function page(body: string, head = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${head}<title>Causerie</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
${body}
<p>The API works: <a href="/docs">try it</a>.</p>
</main>
</body>
</html>
`;
}
