/** Somebody who is registered and signed in. */
export interface Account {
  readonly id: number;
  readonly token: string;
}

/** Argon2 takes a core for each: more at once only wait. */
const atOnce = 8;
const password = "motdepasse123";

/** Registers and signs in that many, over REST like anybody. */
export async function createAccounts(url: string, count: number): Promise<Account[]> {
  const accounts: Account[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) {
        const n = next;
        next += 1;
        accounts[n] = await createAccount(url, n);
      }
    }),
  );
  return accounts;
}

async function createAccount(url: string, n: number): Promise<Account> {
  const email = `bench-${n}@example.com`;
  const { id } = await post<{ id: number }>(`${url}/auth/register`, { name: `Bench ${n}`, email, password });
  const signedIn = await post<{ access_token: string }>(`${url}/auth/token`, { username: email, password });
  return { id, token: signedIn.access_token };
}

async function post<Answer>(url: string, body: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
