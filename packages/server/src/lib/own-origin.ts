/** Whether `origin` is that of the pages that the server reached as `host` serves itself. */
export function isOwnOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
