/**
 * FeathersJS as its generator sets it up: services over Knex, an access token for each socket, events
 * over channels, here of the two people whom a message concerns.
 */
import { createServer } from "node:http";
import { AuthenticationService, JWTStrategy, authenticate } from "@feathersjs/authentication";
import { feathers } from "@feathersjs/feathers";
import { KnexService } from "@feathersjs/knex";
import socketio from "@feathersjs/socketio";
import knex from "knex";
import { listen } from "../servers/listening.ts";

const { DATABASE = ":memory:", SYNCHRONOUS = "NORMAL", USERS = "100" } = process.env;
const database = knex({
  client: "better-sqlite3",
  connection: { filename: DATABASE },
  useNullAsDefault: true,
  pool: {
    afterCreate(connection, done) {
      connection.pragma("journal_mode = WAL");
      connection.pragma(`synchronous = ${SYNCHRONOUS}`);
      done(null, connection);
    },
  },
});
await database.schema.createTable("users", (table) => {
  table.increments("id");
  table.string("name");
});
await database.schema.createTable("messages", (table) => {
  table.increments("id");
  table.integer("sender_id").notNullable();
  table.integer("receiver_id").notNullable().index();
  table.text("content").notNullable();
  table.string("created_at").notNullable();
  table.string("client_message_id");
});
for (let id = 1; id <= Number(USERS); id += 1) await database("users").insert({ id, name: `Person ${id}` });

const app = feathers();
app.configure(socketio());
app.set("authentication", {
  entity: "user",
  service: "users",
  secret: "a secret of a benchmark and of nothing else",
  authStrategies: ["jwt"],
  jwtOptions: { header: { typ: "access" }, audience: "bench", algorithm: "HS256", expiresIn: "1d" },
});
const accounts = new AuthenticationService(app);
accounts.register("jwt", new JWTStrategy());
app.use("authentication", accounts);
app.use("users", new KnexService({ Model: database, name: "users", id: "id" }));
app.use("messages", new KnexService({ Model: database, name: "messages", id: "id" }));
app.service("messages").hooks({
  before: {
    create: [
      authenticate("jwt"),
      async (context) => {
        context.data = {
          ...context.data,
          sender_id: context.params.user.id,
          created_at: new Date().toISOString(),
        };
      },
    ],
  },
});
app.on("login", (_result, { connection }) => {
  if (connection) app.channel(`users/${connection.user.id}`).join(connection);
});
app
  .service("messages")
  .publish("created", ({ sender_id, receiver_id }) => [
    app.channel(`users/${sender_id}`),
    app.channel(`users/${receiver_id}`),
  ]);

const server = createServer((request, response) => {
  // Tokens for the load, as a sign-in would have made them.
  const userId = Number(request.url?.slice(1));
  void accounts.createAccessToken({ sub: String(userId) }).then((token) => response.end(token));
});
await app.setup(server);
listen(server);
