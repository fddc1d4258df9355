// Keeps the app's own files, so that it opens without a network. What people write and read is never in here: calls pass
// by, and the client keeps what waits to be sent.
// @see https://www.w3.org/TR/service-workers/

/** The parts of a worker's scope that are used: the compiler knows those of a page. */
interface WorkerScope {
  addEventListener(type: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
}
interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
declare const self: WorkerScope;
/** What the build has written, below `/app/`; put in by it. */
declare const builtFiles: readonly string[];

const base = "/app/";
const prefix = "causerie-app ";
const page = base;
/** A build's own: the names tell the content. */
const cacheName = `${prefix}${builtFiles.join()}`;

self.addEventListener("install", (event) => {
  event.waitUntil(keepFiles());
});
self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder());
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || !pathname.startsWith(base)) return;
  if (request.mode === "navigate") event.respondWith(openPage(request));
  else if (pathname.startsWith(`${base}assets/`)) event.respondWith(keptOrFetched(request));
});

async function keepFiles(): Promise<void> {
  const cache = await caches.open(cacheName);
  // One that cannot be had fails the installation, and is tried again at the next visit.
  await cache.addAll([page, ...builtFiles.map((name) => base + name)]);
}

/** It waits until no page of an older build is open, so nobody misses what goes. */
async function forgetOlder(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(prefix) && name !== cacheName).map((name) => caches.delete(name)),
  );
}

/** The newest page, else the one that is kept: all addresses of the app are one page. */
async function openPage(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    if (response.ok) return response;
    return (await caches.match(page)) ?? response;
  } catch (error) {
    const kept = await caches.match(page);
    if (kept) return kept;
    throw error;
  }
}

async function keptOrFetched(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? (await fetch(request));
}
