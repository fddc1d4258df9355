import { cookieNames } from "@causerie/shared";
import manifest from "../../../../package.json" with { type: "json" };
import type { Schema } from "../document.ts";
import { channels } from "./channels.ts";
import { messagesOf, type MessageEntry } from "./messages.ts";
import { createSchemas, type Schemas } from "./schemas.ts";

/** The parts of an AsyncAPI document that are worked on here. */
export interface AsyncApiDocument {
  readonly asyncapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly channels: Readonly<Record<string, object>>;
  readonly operations: Readonly<Record<string, object>>;
  readonly components: {
    readonly messages: Readonly<Record<string, object>>;
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: Readonly<Record<string, object>>;
  };
}

const reference = (...path: readonly string[]) => ({ $ref: `#/${path.join("/")}` });

/** A name for what belongs to a channel: `trpc` and `callResult` make `trpcCallResult`. */
const joined = (one: string, other: string) => one + other.slice(0, 1).toUpperCase() + other.slice(1);
const capitalised = (text: string) => joined("", text);

/** The AsyncAPI 3.0 document of all live surfaces, generated from the contract's schemas. */
export function createAsyncApiDocument(): AsyncApiDocument {
  const schemas = createSchemas();
  const entries = Object.entries(messagesOf).flatMap(([channel, ofChannel]) =>
    Object.entries(ofChannel).map(([name, entry]: [string, MessageEntry]) => ({ channel, name, entry })),
  );
  const messages = Object.fromEntries(
    entries.map(({ channel, name, entry }) => [
      joined(channel, name),
      messageOf(joined(channel, name), entry, schemas),
    ]),
  );
  const namesOf = (channel: string, from: MessageEntry["from"]) =>
    entries.filter((each) => each.channel === channel && each.entry.from === from).map(({ name }) => name);

  return {
    asyncapi: "3.0.0",
    info: {
      title: "Causerie, live",
      version: manifest.version,
      description:
        "The sockets and event streams of a Causerie server. How they are used (resuming, delivery guarantees, closing, retrying) is in docs/protocol/realtime.md; the calls that they carry are those of /openapi.json.",
      license: { name: "MIT", url: "https://spdx.org/licenses/MIT.html" },
      tags: [{ name: "live" }],
    } as AsyncApiDocument["info"],
    ...{ defaultContentType: "application/json", servers },
    channels: Object.fromEntries(
      Object.entries(channels).map(([name, { server, security: _security, closeCodes, ...channel }]) => [
        name,
        {
          ...channel,
          servers: [reference("servers", server)],
          messages: Object.fromEntries(
            [...namesOf(name, "client"), ...namesOf(name, "server")].map((message) => [
              message,
              reference("components", "messages", joined(name, message)),
            ]),
          ),
          ...(closeCodes ? { "x-close-codes": closeCodes } : {}),
        },
      ]),
    ),
    operations: Object.fromEntries(
      Object.entries(channels).flatMap(([name, { title, security }]) =>
        (["client", "server"] as const).flatMap((from) => {
          const names = namesOf(name, from);
          if (names.length === 0) return [];
          const action = from === "client" ? "receive" : "send";
          const operation = {
            // From where the server stands.
            action,
            channel: reference("channels", name),
            summary: from === "client" ? `${title}: what clients send` : `${title}: what the server sends`,
            security: security.map((scheme) => reference("components", "securitySchemes", scheme)),
            messages: names.map((message) => reference("channels", name, "messages", message)),
          };
          return [[joined(action, name), operation]];
        }),
      ),
    ),
    components: { messages, schemas: schemas.components, securitySchemes },
  };
}

function messageOf(
  name: string,
  { schema, from, examples, contentType, ...text }: MessageEntry,
  schemas: Schemas,
) {
  return {
    name,
    ...text,
    contentType: contentType ?? "application/json",
    payload: schemas.add(capitalised(name), schema, from),
    examples: examples.map((payload) => ({ payload })),
  };
}

const host = {
  host: "{host}",
  variables: { host: { default: "127.0.0.1:8000", description: "Where the server listens." } },
};

const servers = {
  sockets: { ...host, protocol: "ws", description: "WebSockets; wss behind TLS." },
  streams: { ...host, protocol: "http", description: "Server-sent events; https behind TLS." },
};

const securitySchemes = {
  connectionParams: {
    type: "apiKey",
    in: "password",
    description: "An access token in the first frame, `connectionParams`.",
  },
  bearer: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "An access token in the `Authorization` header.",
  },
  cookie: {
    type: "httpApiKey",
    in: "cookie",
    name: cookieNames.session,
    description: "The session of a page of the server's own origin.",
  },
  tokenInQuery: {
    type: "httpApiKey",
    in: "query",
    name: "token",
    description: "An access token in the address, for clients that cannot do otherwise.",
  },
  tokenInPath: {
    type: "apiKey",
    in: "user",
    description: "An access token as the last part of the path, for clients that cannot do otherwise.",
  },
};
