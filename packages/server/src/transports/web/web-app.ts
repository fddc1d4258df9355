import type { ServerResponse } from "node:http";
import express, { type Request, type Response, type Router } from "express";
import { readBuildProgress } from "./build-progress.ts";
import { createBuiltApp } from "./built-app.ts";
import { pagePolicy } from "./policy.ts";
import { waitingPage, waitingStyle } from "./waiting-page.ts";
import type { WebPlace } from "./web-place.ts";

const appPath = /^\/app(?:\/.*)?$/;

/** The paths that are the web app's, for whoever decides about methods. */
export const webPaths = ["/", appPath];

/** Answers that say that the app is being built: no failure, for all their status. */
const awaited = new WeakSet<ServerResponse>();

/** Whether an answer with an error's status is what was to be expected. */
export function isAwaited(response: ServerResponse): boolean {
  return awaited.has(response);
}

/**
 * The web app under `/app/`, to which `/` leads. Its addresses are the app's own affair: whoever
 * navigates to one gets the page. While there is no app, a page says why.
 */
export function createWebApp({ folder, progress }: WebPlace): Router {
  const current = createBuiltApp(folder);
  const router = express.Router();

  async function answerWithout(response: Response): Promise<void> {
    const { status, html, comesSoon } = waitingPage(await readBuildProgress(progress));
    if (comesSoon) {
      awaited.add(response);
      response.set("Retry-After", "1");
    }
    response.set("Content-Security-Policy", pagePolicy([waitingStyle]));
    response.status(status).type("text/html").send(html);
  }

  router.get("/", async (_request, response) => {
    if (await current()) response.redirect("/app/");
    else await answerWithout(response);
  });

  router.get(appPath, async (request, response, next) => {
    if (request.path === "/app") {
      response.redirect("/app/");
      return;
    }
    const app = await current();
    const name = request.path.slice("/app/".length);
    const isPage = name === "" || (isNavigation(request) && !name.startsWith("assets/"));
    const answer = app?.file(name) ?? (isPage ? app?.page : undefined);
    if (answer) {
      response.set("Content-Security-Policy", pagePolicy());
      await answer(request, response, next);
    } else if (isPage && !app) await answerWithout(response);
    else next();
  });
  return router;
}

/** Whether somebody opens a page; scripts that fetch something accept anything, and expect no page. */
function isNavigation({ headers }: Request): boolean {
  return headers.accept?.includes("text/html") === true;
}
