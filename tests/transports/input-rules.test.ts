import { beforeAll, describe, expect } from "vitest";
import { readMessages, transports, useTransport, useWorld, type Operation } from "./fixtures/index.ts";

const world = useWorld(["Ada", "Blaise"]);
const password = "motdepasse123";
let count = 0;
const freshEmail = () => `input-${(count += 1)}@example.com`;

/** Texts that are no message, whatever their length. */
const notText: Record<string, unknown> = {
  "an empty text": "",
  spaces: " \t\n\u00a0\u3000",
  "zero-width characters": "\u200b\u200d\ufeff\u2060",
  "invisible fillers": "\u3164\u{e0020}",
  "a NUL": "a\0b",
  "the first half of a surrogate pair": "a\ud83d",
  "the second half of a surrogate pair": "\ude00b",
  "a number": 7,
  null: null,
  "an array": ["text"],
};

/** Values that are no id, though a careless reader would make one of them. */
const notIds: Record<string, unknown> = {
  true: true,
  false: false,
  "an array": [2],
  "an object": { id: 2 },
  "a hexadecimal text": "0x2",
  "a text with a space": " 2",
  "a text with a fraction": "2.0",
  "an exponent": "2e0",
  "an empty text": "",
  "a signed text": "+2",
  zero: 0,
  "a negative number": -2,
  "a fraction": 2.5,
  "a number that is not exact": 2 ** 53,
};

describe.each(transports)("what is refused over $name", (transport) => {
  const { it, as, expectRefusal } = useTransport(transport, world);
  const send = (fields: object) => ({ receiver_id: world.people[1]!.id, content: "text", ...fields });
  const stored = async () => (await readMessages(world.people[0]!)).length;

  beforeAll(async () => {
    // A call over REST must not change what other surfaces accept.
    await world.people[0]!.call("POST", "/messages/", send({}));
    await world.people[0]!.call("GET", `/messages/conversation/${world.people[1]!.id}?limit=2`);
  });

  it("text that is blank, broken or no text at all, and nothing of it is stored", ["send"], async () => {
    const caller = await as(world.people[0]!);
    const before = await stored();
    for (const content of Object.values(notText)) {
      await expectRefusal(caller.call("send", send({ content })), "VALIDATION_FAILED", "content");
    }
    await expectRefusal(caller.call("send", { receiver_id: null }), "VALIDATION_FAILED", "content");
    expect(await stored()).toBe(before);
  });

  it("an id that is none, with nothing stored; decimal text is one", ["send"], async () => {
    const caller = await as(world.people[0]!);
    const before = await stored();
    for (const receiver_id of Object.values(notIds)) {
      await expectRefusal(caller.call("send", send({ receiver_id })), "VALIDATION_FAILED", "receiver_id");
    }
    expect(await stored()).toBe(before);
    const { id } = world.people[1]!;
    expect(await caller.call("send", send({ receiver_id: String(id) }))).toMatchObject({ receiver_id: id });
  });

  it("a message without receiver_id: it is never taken for a public one", ["send"], async () => {
    const caller = await as(world.people[0]!);
    const before = await stored();
    await expectRefusal(caller.call("send", { content: "to whom?" }), "VALIDATION_FAILED", "receiver_id");
    expect(await stored()).toBe(before);
  });

  it("fields that nobody asked for, however they are called", ["send"], async () => {
    const caller = await as(world.people[0]!);
    const before = await stored();
    const { id } = world.people[1]!;
    for (const extra of ["sender_id", "id", "created_at", "constructor", "toString"]) {
      await expectRefusal(caller.call("send", send({ [extra]: id })), "VALIDATION_FAILED", extra);
    }
    const poisoned = JSON.parse(`{"receiver_id":${id},"content":"x","__proto__":{"admin":true}}`) as object;
    await expectRefusal(caller.call("send", poisoned), "VALIDATION_FAILED", "__proto__");
    expect(await stored()).toBe(before);
  });

  it("more than 4,000 characters, counted as code points", ["send"], async () => {
    const caller = await as(world.people[0]!);
    // One, two, three, four bytes each, and a family of five code points.
    for (const [character, points] of [
      ["a", 1],
      ["é", 1],
      ["€", 1],
      ["😀", 1],
      ["👨‍👩‍👧", 5],
    ] as const) {
      const longest = character.repeat(4000 / points);
      expect((await caller.call("send", send({ content: longest }))).content).toBe(longest);
      await expectRefusal(
        caller.call("send", send({ content: `${longest}.` })),
        "VALIDATION_FAILED",
        "content",
      );
    }
  });

  it("nothing else: what is accepted is read back exactly as it was sent", ["send"], async () => {
    const caller = await as(world.people[0]!);
    const texts = [
      "  kept spaces  ",
      "e\u0301 stays decomposed",
      "two\nlines\r\n\ttab",
      "مرحبا",
      "\u200bx",
      "0",
      "null",
      "<b>&amp;'\"\\",
    ];
    for (const content of texts) await caller.call("send", send({ content }));
    const read = await readMessages(
      world.people[1]!,
      `/messages/conversation/${world.people[0]!.id}?limit=${texts.length}`,
    );
    expect(read.map(({ content }) => content)).toEqual(texts);
  });

  it("the same texts when editing and broadcasting", ["send", "edit", "broadcast"], async () => {
    const caller = await as(world.people[0]!);
    const { id } = await caller.call("send", send({ content: "as it was" }));
    for (const text of Object.values(notText)) {
      await expectRefusal(
        caller.call("edit", { message_id: id, content: text }),
        "VALIDATION_FAILED",
        "content",
      );
      await expectRefusal(caller.call("broadcast", { message: text }), "VALIDATION_FAILED", "message");
    }
    await expectRefusal(
      caller.call("edit", { message_id: id, content: "x", sender_id: 1 }),
      "VALIDATION_FAILED",
      "sender_id",
    );
    expect(await readMessages(world.people[0]!, "/messages/?limit=1")).toMatchObject([
      { id, content: "as it was" },
    ]);
  });

  const idTakers: [Operation, string][] = [
    ["user", "user_id"],
    ["userStatus", "user_id"],
    ["conversation", "user_id"],
    ["delete", "message_id"],
    ["oneMessage", "message_id"],
    ["oneConversation", "conversation_id"],
  ];
  it(
    "an id that is none, wherever one is taken",
    idTakers.map(([operation]) => operation),
    async () => {
      const caller = await as(world.people[0]!);
      for (const [operation, field] of idTakers) {
        for (const value of [true, "0x2", 0, -2, 2.5, "abc", "1".repeat(16)]) {
          await expectRefusal(caller.call(operation, { [field]: value }), "VALIDATION_FAILED", field);
        }
      }
    },
  );

  it(
    "unknown fields, wherever fields are taken",
    ["list", "users", "conversation", "user", "updateMe"],
    async () => {
      const caller = await as(world.people[0]!);
      const { id } = world.people[1]!;
      const calls: [Operation, object][] = [
        ["list", {}],
        ["users", {}],
        ["conversations", {}],
        ["conversation", { user_id: id }],
        ["user", { user_id: id }],
        ["updateMe", { name: "Ada" }],
        ["broadcast", { message: "x" }],
      ];
      for (const [operation, input] of calls) {
        await expectRefusal(caller.call(operation, { ...input, role: "admin" }), "VALIDATION_FAILED", "role");
      }
    },
  );

  it(
    "an account whose fields are not as they must be, and no such account is made",
    ["register", "users"],
    async () => {
      const [nobody, ada] = [await as(null), await as(world.people[0]!)];
      const before = (await ada.call("users")).length;
      const account = () => ({ name: "Somebody", email: freshEmail(), password });
      const faults: [string, unknown][] = [
        ["name", ""],
        ["name", "\u200b"],
        ["name", "n".repeat(51)],
        ["name", "two\nlines"],
        ["name", "right\u202eleft"],
        ["name", "a\0b"],
        ["email", "not an address"],
        ["email", "two@at@example.com"],
        ["email", `${"e".repeat(60)}@${"x".repeat(40)}`],
        ["email", "a\u202eb@example.com"],
        ["password", "seven77"],
        ["password", "p".repeat(129)],
        ["password", " ".repeat(8)],
        ["role", "admin"],
        ["id", 1],
      ];
      for (const [field, value] of faults) {
        await expectRefusal(
          nobody.call("register", { ...account(), [field]: value }),
          "VALIDATION_FAILED",
          field,
        );
      }
      for (const field of ["name", "email", "password"]) {
        await expectRefusal(
          nobody.call("register", { ...account(), [field]: undefined }),
          "VALIDATION_FAILED",
          field,
        );
      }
      expect((await ada.call("users")).length).toBe(before);
    },
  );

  it(
    "an e-mail address that differs from a taken one in case, composition or width only",
    ["register"],
    async () => {
      const nobody = await as(null);
      const local = `é-straße-${(count += 1)}`;
      const register = (email: string) => nobody.call("register", { name: "Somebody", email, password });
      await register(`${local}@example.com`);
      const same = [
        `${local}@EXAMPLE.com`,
        `${local.toUpperCase()}@example.com`,
        `${local.normalize("NFD")}@example.com`,
        `${local}@ｅｘａｍｐｌｅ.com`,
        `${local.replace("ß", "ss")}@example.com`,
      ];
      for (const email of same) await expectRefusal(register(email), "EMAIL_TAKEN");
    },
  );

  it(
    "not the longest name, address and password, nor two people of one name",
    ["register", "login"],
    async () => {
      const nobody = await as(null);
      const email = `${"e".repeat(60)}${(count += 1)}@${"x".repeat(33)}.com`;
      const longest = "🔑".repeat(127);
      const account = { name: "É".repeat(50), email, password: `${longest}a` };
      expect(await nobody.call("register", account)).toMatchObject({ name: account.name, email });
      await nobody.call("login", { email: email.toUpperCase(), password: account.password });
      // Nothing of a long password is cut off.
      await expectRefusal(nobody.call("login", { email, password: `${longest}b` }), "INVALID_CREDENTIALS");
      const namesake = { ...account, email: freshEmail() };
      expect(await nobody.call("register", namesake)).toMatchObject({ name: account.name });
    },
  );
});
