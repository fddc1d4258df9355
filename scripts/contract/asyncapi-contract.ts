import { schemaShape, type JsonSchema } from "./schema-shape.ts";
import type { Contract, Promised, Shape } from "./shape.ts";

interface Ref {
  readonly $ref: string;
}

export interface AsyncApi {
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly messages: Readonly<Record<string, Ref>> }>
  >;
  readonly operations: Readonly<
    Record<
      string,
      { readonly action: string; readonly channel: Ref; readonly messages?: readonly Ref[] }
    >
  >;
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly payload: JsonSchema }>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}

const last = (path: string) => path.slice(path.lastIndexOf("/") + 1);

/** What an AsyncAPI document promises: the messages that the server takes and sends on each channel. */
export function asyncApiContract({ channels, operations, components }: AsyncApi): Contract {
  const promises: Record<string, Promised> = {};
  for (const { action, channel, messages = [] } of Object.values(operations)) {
    const address = channels[last(channel.$ref)]?.address ?? last(channel.$ref);
    for (const { $ref } of messages) {
      const message = channels[last(channel.$ref)]?.messages[last($ref)];
      const payload = components.messages[last(message?.$ref ?? $ref)]?.payload ?? {};
      const direction = action === "receive" ? "in" : "out";
      promises[`${address} ${last($ref)}`] = { direction, shape: schemaShape(payload) };
    }
  }
  const named = Object.entries(components.schemas).map(([name, schema]) => [name, schemaShape(schema)]);
  return { promises, named: Object.fromEntries(named) as Record<string, Shape> };
}
