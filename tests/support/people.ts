/** A registered and signed-in user, with what REST calls need. */
export interface Person {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** A long-lived access token, from `POST /auth/token`. */
  readonly token: string;
  readonly refreshToken: string;
  /** `fetch` against the server with the bearer token; a plain object as `json` becomes a JSON body. */
  call(method: string, path: string, json?: unknown, headers?: Record<string, string>): Promise<Response>;
}

export const password = "motdepasse123";
let count = 0;

/** Registers and signs in somebody new. */
export async function createPerson(url: string, name = "Jean Dupont"): Promise<Person> {
  count += 1;
  const email = `person-${process.pid}-${count}@example.com`;
  const registered = await postJson(`${url}/auth/register`, { name, email, password });
  const { id } = (await registered.json()) as { id: number };
  return await signIn(url, { id, name, email });
}

/** Registers and signs in several, whose ids grow in the order of their names. */
export async function createPeople<const Names extends readonly string[]>(
  url: string,
  ...names: Names
): Promise<{ readonly [Index in keyof Names]: Person }> {
  const people: Person[] = [];
  for (const name of names) people.push(await createPerson(url, name));
  return people as { [Index in keyof Names]: Person };
}

/** Signs in somebody who is registered: another session of the same user. */
export async function signIn(
  url: string,
  user: { id: number; name: string; email: string },
): Promise<Person> {
  const answer = await postJson(`${url}/auth/token`, { username: user.email, password });
  const { access_token, refresh_token } = (await answer.json()) as {
    access_token: string;
    refresh_token: string;
  };
  return {
    ...user,
    password,
    token: access_token,
    refreshToken: refresh_token,
    call: (method, path, json, headers = {}) =>
      fetch(`${url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${access_token}`,
          ...(json === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      }),
  };
}

function postJson(url: string, body: unknown): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
