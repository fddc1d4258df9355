import { describe, expect } from "vitest";
import { signIn } from "../support/people.ts";
import { transports, useTransport, useWorld, type Operation } from "./fixtures/index.ts";

const world = useWorld(["Ada", "Blaise"]);
let count = 0;
const freshEmail = () => `auth-${(count += 1)}@example.com`;
const password = "motdepasse123";

describe.each(transports)("accounts over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);

  it("an account is made once per e-mail address, and can sign in", ["register", "login"], async () => {
    const nobody = await as(null);
    const account = { name: "Émile Zola", email: freshEmail(), password };
    const made = await nobody.call("register", account);
    expect(Object.keys(made).sort()).toEqual(["created_at", "email", "id", "is_admin", "name", "updated_at"]);
    expect(made).toMatchObject({ name: account.name, email: account.email, is_admin: false });
    await expectRefusal(nobody.call("register", account), "EMAIL_TAKEN");
    expect(await nobody.call("login", { email: account.email, password })).toMatchObject({
      token_type: "bearer",
    });
  });

  it("sign-in gives a short access token with login, a long one with token", ["login", "token"], async () => {
    const { email } = world.people[0]!;
    const nobody = await as(null);
    const short = await nobody.call("login", { email, password });
    const long = await nobody.call("token", { username: email, password });
    expect([short.expires_in, long.expires_in]).toEqual([15 * 60, 24 * 3600]);
    expect(short.refresh_token).not.toBe(long.refresh_token);
  });

  it(
    "a wrong password and an unknown address are refused in the same words",
    ["login", "token"],
    async () => {
      const { email } = world.people[0]!;
      const nobody = await as(null);
      const wrong = await expectRefusal(
        nobody.call("login", { email, password: "not the one" }),
        "INVALID_CREDENTIALS",
      );
      const unknown = nobody.call("login", { email: "nobody@example.com", password: "not the one" });
      expect((await expectRefusal(unknown, "INVALID_CREDENTIALS")).message).toBe(wrong.message);
      const form = nobody.call("token", { username: email, password: "not the one" });
      expect((await expectRefusal(form, "INVALID_CREDENTIALS")).message).toBe(wrong.message);
    },
  );

  it("the OAuth2 fields of a sign-in form are accepted and ignored", ["token"], async () => {
    const oauth = { grant_type: "password", scope: "", client_id: null, client_secret: "x" };
    const signedIn = (await as(null)).call("token", { username: world.people[0]!.email, password, ...oauth });
    expect(await signedIn).toMatchObject({ token_type: "bearer" });
  });

  const needSignIn: Operation[] = [
    "me",
    "users",
    "list",
    "onlineUsers",
    "activeUsers",
    "conversations",
    "sessions",
    "revokeOtherSessions",
    "logout",
  ];
  it("nobody learns anything without signing in", needSignIn, async () => {
    const nobody = await as(null);
    for (const operation of needSignIn) await expectRefusal(nobody.call(operation), "UNAUTHORIZED");
    await expectRefusal(nobody.call("send", { receiver_id: null, content: "spam" }), "UNAUTHORIZED");
    await expectRefusal(nobody.call("broadcast", { message: "spam" }), "UNAUTHORIZED");
  });

  it("the signed-in user sees their own profile, e-mail address included", ["me"], async () => {
    const { id, name, email } = world.people[0]!;
    expect(await (await as(world.people[0]!)).call("me")).toMatchObject({ id, name, email });
  });

  it("after signing out the token is refused, while other sessions go on", ["logout", "me"], async () => {
    const blaise = world.people[1]!;
    const caller = await as(await signIn(world.server.url, blaise));
    expect(await caller.call("logout")).toEqual({ message: "Signed out." });
    // A socket of that session is closed, so what comes back need not be a refusal.
    await expect(caller.call("me")).rejects.toThrow();
    expect(await (await as(blaise)).call("me")).toMatchObject({ id: blaise.id });
  });
});
