import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMemoryBus } from "../bus/memory-bus.ts";
import { createAuthService, deleteAccount } from "../features/auth/index.ts";
import {
  createConversationsService,
  createMembersService,
  findLobby,
  leaveAll,
  sharesByConversation,
} from "../features/conversations/index.ts";
import { loadEvents } from "../features/events/index.ts";
import { createInboxService } from "../features/inbox/index.ts";
import { createMessagesService } from "../features/messages/index.ts";
import { createPresenceService } from "../features/presence/index.ts";
import { createAccessTokens, createSessionsService } from "../features/sessions/index.ts";
import { addUser } from "../features/users/add-user.testing.ts";
import { createUsersService } from "../features/users/index.ts";
import { systemClock } from "../lib/clock.ts";
import { createLogger } from "../lib/logger.ts";
import { createPasswordBackoff } from "../lib/password-backoff.ts";
import { createPasswordHasher } from "../lib/password-hasher.ts";
import { systemRandom } from "../lib/random.ts";
import { readLog, readLogState, type LogEntry } from "../log/log-reader.ts";
import { createPruner } from "../log/pruner.ts";
import { createGroupCommit } from "../log/group-commit.ts";
import { createLocalWriter } from "../log/local-writer.ts";
import { readVisibleLog } from "../log/visible-log.ts";
import type { Database } from "./database.ts";
import type { Snapshot } from "./open-database.ts";
import { migrate } from "./migrate.ts";

const secret = "0123456789abcdefghijklmnopqrstuvwxyz";
const tables = [
  "users",
  "sessions",
  "revoked_tokens",
  "conversations",
  "members",
  "messages",
  "events",
  "log_head",
];
/** Any walk over all of a table or of one of its indexes; the public conversations are few. */
const fullScan = new RegExp(`^SCAN (${tables.join("|")})\\b(?!.*conversations_public)`);

let folder: string;
let connection: SqliteDatabase.Database;
let db: Kysely<Database>;
const statements = new Set<string>();
let queries = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "causerie-plans-"));
  connection = new SqliteDatabase(join(folder, "test.db"));
  db = new Kysely<Database>({
    dialect: new SqliteDialect({ database: connection }),
    log(event) {
      queries += 1;
      statements.add(event.query.sql);
    },
  });
  await migrate(db, "sqlite");
  statements.clear();
});

afterAll(async () => {
  await db.destroy();
  await rm(folder, { recursive: true });
});

/** Runs everything that the server asks of its database, but for the search of people by name. */
async function useEverything(): Promise<void> {
  const bus = createMemoryBus();
  const clock = systemClock;
  const groupCommit = createGroupCommit({ db, onCommit: bus.ring });
  const writer = createLocalWriter(groupCommit);
  const passwords = await createPasswordHasher();
  const backoff = createPasswordBackoff({ enabled: true, clock });
  const accessTokens = createAccessTokens(secret);
  const sessionTtlMs = 1e9;
  const sessions = createSessionsService({
    db,
    writer,
    bus,
    logger: createLogger("silent"),
    accessTokens,
    secret,
    sessionTtlMs,
    clock,
    random: systemRandom,
  });
  const auth = createAuthService({
    db,
    writer,
    passwords,
    sessions,
    backoff,
    clock,
    accessTtlMs: 1e6,
    seedTtlMs: 1e6,
  });
  const snapshot: Snapshot = (work) => work(db);
  const messages = createMessagesService({ db, snapshot, writer, clock, lobby: await findLobby(db) });
  const conversations = createConversationsService({ writer, clock });
  const members = createMembersService({ snapshot, writer, clock });
  const users = createUsersService({
    db,
    writer,
    passwords,
    backoff,
    sessions,
    clock,
    deleteAccount,
    broadcast: "admins",
  });
  const presence = createPresenceService({ bus, clock });
  const inbox = createInboxService({ snapshot, presence });

  const password = "motdepasse123";
  const jean = await auth.register({ name: "Jean", email: "jean@example.com", password });
  const marie = await auth.register({ name: "Marie", email: "marie@example.com", password });
  const tokens = await auth.signIn({ email: "jean@example.com", password }, { seed: true, device: null });
  const principal = await sessions.authenticate(tokens.access_token);
  if (!principal) throw new Error("not signed in");
  await sessions.renew(principal);
  await sessions.refresh(tokens.refresh_token, null);
  await users.update(principal, {
    name: "Jeanne",
    email: "j@example.com",
    password,
    current_password: password,
  });
  await users.get(marie.id);

  const first = await messages.send(jean.id, { receiver_id: marie.id, content: "1", client_message_id: "k" });
  await messages.send(jean.id, { receiver_id: marie.id, content: "1", client_message_id: "k" });
  await messages.send(jean.id, { receiver_id: marie.id, content: "2", reply_to: first.id });
  await messages.send(marie.id, { receiver_id: null, content: "3" });
  await messages.edit(jean.id, first.id, "4");
  for (const page of [{}, { before: 9 }, { after: 0, limit: 2 }]) {
    await messages.list(jean.id, page);
    await messages.conversation(jean.id, marie.id, page);
    await users.list(page, undefined);
  }
  const group = await conversations.create(jean.id, { kind: "group", name: "G", member_ids: [marie.id] });
  await conversations.rename(jean.id, group, "H");
  await members.setRole(jean.id, group, marie.id, "owner");
  await members.list(jean.id, group, { after: 0 });
  await messages.send(jean.id, { conversation_id: group, content: "5" });
  for (const where of [{}, { before: 2 }, { after: 0 }, { around: 1 }])
    await messages.history(jean.id, { conversation_id: group, ...where });
  await conversations.markRead(jean.id, group, 1);
  await inbox.list(jean.id, { limit: 1 });
  await inbox.list(jean.id, { cursor: "9:9" });
  await inbox.bootstrap(jean.id);
  await members.remove(jean.id, group, marie.id);
  await members.add(jean.id, { conversation_id: group, user_ids: [marie.id] });
  await conversations.leave(jean.id, group);
  await groupCommit.run((tx) => leaveAll(tx, marie.id, clock.now()));
  await messages.delete(jean.id, first.id);

  const pruner = createPruner({ writer, clock, logger: pino({ level: "silent" }), retentionMs: -1 });
  await readLogState(db);
  await readVisibleLog(db, jean.id, 0, 100);
  await loadEvents(db, await readLog(db, 0, 100));
  await sharesByConversation(db, [first.conversation_id]);
  const other = { email: "marie@example.com", password };
  const { cookie } = await auth.signInWithCookie(other, null);
  const inBrowser = await sessions.authenticateCookie(cookie);
  if (!inBrowser) throw new Error("not signed in");
  await sessions.list(inBrowser);
  await sessions.revokeOthers(inBrowser);
  await sessions.revoke(jean.id, principal.sessionId);
  await sessions.end(principal);
  await users.delete(marie.id, password);
  pruner.start();
  await groupCommit.run(async () => undefined);
  await pruner.stop();
  await writer.close();
}

test("no query scans a whole table", async () => {
  await useEverything();
  expect(statements.size).toBeGreaterThan(30);
  const scans: string[] = [];
  for (const statement of statements) {
    if (!/^(select|insert|update|delete|with)/i.test(statement)) continue;
    // A new row looks for others that wait for it, but only while a deferred constraint is broken: never here.
    if (/^insert into "\w+" \([^)]*\) values/i.test(statement)) continue;
    const steps = connection.prepare(`explain query plan ${statement}`).all(...bindings(statement)) as {
      detail: string;
    }[];
    for (const { detail } of steps) if (fullScan.test(detail)) scans.push(`${detail}: ${statement}`);
  }
  expect(scans).toEqual([]);
});

test("a list of conversations takes the same queries however many there are", async () => {
  const writer = createLocalWriter(createGroupCommit({ db, onCommit: () => undefined }));
  const conversations = createConversationsService({ writer, clock: systemClock });
  const presence = createPresenceService({ bus: createMemoryBus(), clock: systemClock });
  const inbox = createInboxService({ snapshot: (work) => work(db), presence });
  const id = await addUser(db, "ada");
  const queriesOf = async (limit: number) => {
    const before = queries;
    expect((await inbox.list(id, { limit })).conversations).toHaveLength(limit);
    return queries - before;
  };
  for (let n = 0; n < 60; n += 1) await conversations.create(id, { kind: "group", name: `${n}` });
  expect(await queriesOf(60)).toBe(await queriesOf(2));
  await writer.close();
});

test("what a user may see of the log is found by audience, and its page by position", async () => {
  statements.clear();
  await readVisibleLog(db, 1, 0, 100);
  const [statement] = [...statements];
  const plan = connection.prepare(`explain query plan ${statement}`).all(...bindings(statement ?? "")) as {
    detail: string;
  }[];
  const onEvents = plan.map(({ detail }) => detail).filter((detail) => / events\b/.test(detail));
  expect(new Set(onEvents)).toEqual(
    new Set([
      "SEARCH events USING INTEGER PRIMARY KEY (rowid=?)",
      "SEARCH events USING COVERING INDEX events_by_audience (audience=? AND position>?)",
    ]),
  );
});

test("a page of the log takes the same statements whatever it holds", async () => {
  const textsOf = async (work: () => Promise<unknown>) => {
    statements.clear();
    await work();
    return [...statements];
  };
  const conversations = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
  const about = (count: number): LogEntry[] =>
    (["message.created", "conversation.updated", "member.joined", "user.updated"] as const).flatMap((type) =>
      conversations(count).map((id) => ({
        ...{ position: id, type, audience: "*", subject_id: id, created_at: 0 },
        member_id: type === "member.joined" ? id : null,
      })),
    );
  expect(await textsOf(() => loadEvents(db, about(40)))).toEqual(
    await textsOf(() => loadEvents(db, about(3))),
  );
  expect(await textsOf(() => sharesByConversation(db, conversations(40)))).toEqual(
    await textsOf(() => sharesByConversation(db, conversations(3))),
  );
  expect(await textsOf(() => readVisibleLog(db, 1, 7, 50))).toEqual(
    await textsOf(() => readVisibleLog(db, 2, 9, 100)),
  );
});

test("the check finds a scan where there is one", () => {
  const [step] = connection.prepare("explain query plan select * from messages where content = ''").all() as {
    detail: string;
  }[];
  expect(step?.detail).toMatch(fullScan);
});

function bindings(statement: string): number[] {
  return Array.from(statement.matchAll(/\?/g), () => 0);
}
