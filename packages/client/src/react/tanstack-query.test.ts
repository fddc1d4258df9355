import { QueryClient } from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { startTestServer } from "@causerie/server/testing";
import { expect, test } from "vitest";
import { createClient } from "../index.ts";

test("the procedures are queries and mutations of TanStack Query, typed, through the client's own calls", async () => {
  await using server = await startTestServer();
  const anna = await server.createUser({ name: "Anna" });
  const client = createClient({ url: server.url, token: anna.token });
  const queryClient = new QueryClient();
  const trpc = createTRPCOptionsProxy({ client: client.trpc, queryClient });

  const me = await queryClient.fetchQuery(trpc.users.me.queryOptions());
  expect(me.name).toBe("Anna");
  const { mutationFn } = trpc.messages.send.mutationOptions();
  const sending = mutationFn?.(
    { receiver_id: null, content: "Bonjour" },
    { client: queryClient, meta: undefined },
  );
  expect((await sending)?.content).toBe("Bonjour");
  await expect(
    queryClient.fetchQuery(trpc.users.get.queryOptions({ user_id: 999 }, { retry: false })),
  ).rejects.toMatchObject({ data: { code: "NOT_FOUND" } });
  await client.close();
});
