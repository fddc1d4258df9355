import { CauserieError, createCalls } from "@causerie/client";
import i18next from "i18next";
import { beforeAll, expect, test } from "vitest";
import { startTestServer } from "../../../../tests/support/test-server.ts";
import { en } from "../i18n/en.ts";
import { fieldErrors, type FieldErrors } from "./field-errors.ts";

beforeAll(async () => {
  const resources = { en: { translation: en } };
  await i18next.init({ lng: "en", keySeparator: false, nsSeparator: false, resources });
});

async function refused(call: Promise<unknown>, names: readonly string[]): Promise<FieldErrors> {
  const error: unknown = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof CauserieError)) throw new Error("The call was not refused.", { cause: error });
  return fieldErrors(error, names);
}

const names = ["name", "email", "password"];

test("what the server refuses in a registration stands at its fields", async () => {
  await using server = await startTestServer();
  const { auth } = createCalls({ url: server.url });
  expect(await refused(auth.register({ name: " ", email: "nonsense", password: "short" }), names)).toEqual({
    fields: {
      name: "Fill this in.",
      email: "This is not an e-mail address.",
      password: "At least 8 characters.",
    },
  });
  expect(
    await refused(
      auth.register({ name: "n".repeat(1000), email: "a@example.com", password: "motdepasse" }),
      names,
    ),
  ).toMatchObject({ fields: { name: expect.stringMatching(/^At most \d+ characters\.$/) as string } });

  const anna = { name: "Anna", email: "anna@example.com", password: "motdepasse123" };
  await auth.register(anna);
  expect(await refused(auth.register(anna), names)).toEqual({
    fields: { email: "This address has an account already." },
  });
});

test("a wrong password stands at its field where the account is known, and else at none", async () => {
  await using server = await startTestServer();
  const guest = createCalls({ url: server.url });
  const anna = { name: "Anna", email: "anna@example.com", password: "motdepasse123" };
  await guest.auth.register(anna);
  expect(await refused(guest.auth.login({ email: anna.email, password: "a wrong guess" }), names)).toEqual({
    fields: {},
    form: "The e-mail address or the password is wrong.",
  });

  const { access_token: token } = await guest.auth.login({ email: anna.email, password: anna.password });
  const { users } = createCalls({ url: server.url, token });
  const wrong = { fields: { current_password: "This is not your password." } };
  expect(await refused(users.deleteMe({ current_password: "a wrong guess" }), ["current_password"])).toEqual(
    wrong,
  );
});

test("a fault of a field that the form does not show, or none at all, is told for the whole form", async () => {
  await using server = await startTestServer();
  const { auth } = createCalls({ url: server.url });
  const nameless = await refused(
    auth.register({ name: "", email: "a@example.com", password: "motdepasse" }),
    [],
  );
  expect(nameless).toEqual({ fields: {}, form: en["error.other"] });
  const nowhere = createCalls({ url: "http://127.0.0.1:1" });
  expect(await refused(nowhere.auth.me(), names)).toEqual({ fields: {}, form: en["error.network"] });
});

test("who has to wait is told how long", () => {
  const error = new CauserieError("RATE_LIMITED", "Too many requests.", { status: 429, retryAfterMs: 1200 });
  expect(fieldErrors(error, names)).toEqual({ fields: {}, form: "Too many tries. Try again in 2 seconds." });
});
