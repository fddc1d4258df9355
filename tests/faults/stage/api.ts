/** An answer of the REST API. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Calls the REST API as the owner of `token`. Rejects when no answer comes. */
export async function callApi(
  url: string,
  token: string,
  method: string,
  path: string,
  { json, headers = {}, withinMs = 15_000 }: CallOptions = {},
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    signal: AbortSignal.timeout(withinMs),
    headers: {
      authorization: `Bearer ${token}`,
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
}

interface CallOptions {
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withinMs?: number;
}

/** The same, for calls that must succeed. */
export async function mustCall<Body>(...call: Parameters<typeof callApi>): Promise<Body> {
  const { status, body } = await callApi(...call);
  if (status >= 300) throw new Error(`${call[2]} ${call[3]} answered ${status}: ${JSON.stringify(body)}`);
  return body as Body;
}
