/**
 * Lets the app open without a network from now on, where the browser can. A development server has no such worker. A
 * failure is the browser's affair, such as in a private window: the app works without.
 */
export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // After all that the page itself needs.
  addEventListener("load", () => void navigator.serviceWorker.register("/app/sw.js").catch(() => undefined));
}
