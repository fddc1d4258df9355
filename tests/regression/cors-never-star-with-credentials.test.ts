import { expect, test } from "vitest";
import { createPerson } from "../support/people.ts";
import { startTestServer } from "../support/test-server.ts";

async function corsFor(setting: string | undefined, origin: string, method = "GET") {
  await using server = await startTestServer(setting === undefined ? {} : { CORS_ORIGINS: setting });
  const { call } = await createPerson(server.url);
  const preflight = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization",
  };
  const { headers } = await call(method, "/users/me", undefined, {
    origin,
    ...(method === "OPTIONS" ? preflight : {}),
  });
  return {
    origin: headers.get("access-control-allow-origin"),
    credentials: headers.get("access-control-allow-credentials"),
  };
}

test.for(["GET", "OPTIONS"])(
  "when every origin may call, none may bring credentials (%s)",
  async (method) => {
    expect(await corsFor("*", "https://any.example", method)).toEqual({ origin: "*", credentials: null });
  },
);

test.for(["GET", "OPTIONS"])(
  "an origin that was named may bring credentials, and is named in the answer (%s)",
  async (method) => {
    const origin = "https://chat.example.com";
    expect(await corsFor(`https://other.example,${origin}`, origin, method)).toEqual({
      origin,
      credentials: "true",
    });
  },
);

test("without configuration no foreign origin may call", async () => {
  expect((await corsFor(undefined, "https://evil.example")).origin).toBeNull();
});

test("once origins are named, localhost is foreign too", async () => {
  expect((await corsFor("https://chat.example.com", "http://localhost:3000")).origin).toBeNull();
});
