import type { TestServer } from "../support/test-server.ts";

/** A server that limits, and believes what the tests say of where they come from. */
export const limited = { RATE_LIMIT: "on", TRUST_PROXY: "loopback" } as const;

/** The headers of a caller at another address. */
export function from(address: string): { "x-forwarded-for": string } {
  return { "x-forwarded-for": address };
}

/** A POST with a JSON body. */
export function post(
  { url }: Pick<TestServer, "url">,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** `"send";r=9;t=1, …` as a record: the name of each item, and its parameters. */
export function parseItems(header: string | null): Record<string, Record<string, number>> {
  return Object.fromEntries(
    (header ?? "").split(", ").map((item) => {
      const [name = "", ...parameters] = item.split(";");
      const pairs = parameters.map((pair) => pair.split("="));
      return [
        name.replaceAll('"', ""),
        Object.fromEntries(pairs.map(([key, value]) => [key, Number(value)])),
      ];
    }),
  );
}
