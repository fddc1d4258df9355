import { expect, test } from "vitest";
import type { ConnectionState } from "./connection-state.ts";
import { createBench, type Bench, type BenchOptions } from "./bench.testing.ts";
import { eventOf, failure } from "./scripted-link.testing.ts";

const idle: ConnectionState = { state: "offline", reason: "idle" };
const noNetwork: ConnectionState = { state: "offline", reason: "no_network" };
const suspended: ConnectionState = { state: "offline", reason: "suspended" };
const online: ConnectionState = { state: "online", transport: "websocket" };

/** A client that is online, and has been for so long that its next loss is the first failure. */
async function settled(options?: BenchOptions): Promise<Bench> {
  const bench = createBench(options);
  await bench.online();
  await bench.stay(70_000);
  expect(bench.state()).toEqual(online);
  return bench;
}

/** In `waiting`, after a loss. */
async function waiting(options?: BenchOptions): Promise<Bench> {
  const bench = await settled(options);
  bench.last().lose({ code: 1006 });
  await bench.settle();
  expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "waiting", attempt: 0 });
  return bench;
}

async function withoutNetwork(options?: BenchOptions): Promise<Bench> {
  const bench = await waiting(options);
  bench.signal("no_network");
  expect(bench.state()).toEqual(noNetwork);
  return bench;
}

async function opening(options?: BenchOptions): Promise<Bench> {
  const bench = createBench(options);
  bench.connection.connect();
  await bench.settle();
  expect(bench.state()).toMatchObject({ state: "connecting", phase: "opening" });
  return bench;
}

async function catchingUp(options?: BenchOptions): Promise<Bench> {
  const bench = await opening(options);
  await bench.catchUp();
  expect(bench.state()).toMatchObject({ phase: "catching_up" });
  return bench;
}

/** When the next attempt is made, from now. */
function waitOf(bench: Bench): number {
  const state = bench.state();
  if (!("retryAt" in state) || state.retryAt === null) throw new Error(`It does not wait: ${state.state}`);
  return state.retryAt - bench.clock.now();
}

/** The rows of the table in `docs/protocol/sdk.md`, by number. `random` is 0.5 unless told: the middle of each span. */
const rows: Record<string, Record<string, () => Promise<void>>> = {
  1: {
    "what needs the connection asks for it once, but not after the server has closed": async () => {
      const bench = createBench();
      bench.connection.want();
      bench.connection.want();
      expect(bench.state()).toMatchObject({ state: "connecting" });
      const closed = await settled();
      closed.last().lose({ code: 4409 });
      await closed.settle();
      const attempts = closed.attempts.length;
      closed.connection.want();
      await closed.clock.advance(300_000);
      expect(closed.state()).toEqual({ state: "closed", reason: "too_many_connections" });
      expect(closed.attempts).toHaveLength(attempts);
    },
    "connect() when idle makes attempt 0 at once": async () => {
      const bench = createBench();
      expect(bench.state()).toEqual(idle);
      bench.connection.connect();
      expect(bench.state()).toMatchObject({ state: "connecting", attempt: 0, retryAt: null });
      await bench.settle();
      expect(bench.attempts).toHaveLength(1);
    },
    "connect() after the server has closed for good tries again": async () => {
      const bench = await settled();
      bench.last().lose({ code: 4409 });
      expect(bench.state()).toEqual({ state: "closed", reason: "too_many_connections" });
      bench.connection.connect();
      await bench.settle();
      expect(bench.attempts).toHaveLength(2);
      expect(bench.state()).toMatchObject({ state: "connecting", phase: "opening", attempt: 0 });
    },
    "connect() after close() does nothing": async () => {
      const bench = createBench();
      bench.connection.close();
      bench.connection.connect();
      await bench.settle();
      expect(bench.attempts).toHaveLength(0);
    },
  },
  2: {
    "the first frame of the stream begins catching up, and only then is there a link to use": async () => {
      const bench = await opening();
      const links: unknown[] = [];
      bench.connection.onLink((link) => links.push(link?.transport));
      bench.last().open();
      await bench.settle();
      expect(bench.state()).toMatchObject({ phase: "opening" });
      expect(bench.last().stream().cursor).toBe("e:0");
      bench.last().stream().started();
      expect(bench.state()).toMatchObject({ state: "connecting", phase: "catching_up" });
      expect(links).toEqual(["websocket"]);
    },
  },
  3: {
    "a refused attempt is told of and waits in the next span": async () => {
      const bench = await opening();
      bench.last().refuse({ status: 500, error: failure("BAD_RESPONSE", 500) });
      await bench.settle();
      expect(bench.state()).toMatchObject({ state: "connecting", phase: "waiting", attempt: 1 });
      expect(waitOf(bench)).toBe(4_000);
      expect(bench.told("attempt_failed")).toEqual([
        expect.objectContaining({ attempt: 0, transport: "websocket", code: "BAD_RESPONSE", status: 500 }),
      ]);
    },
    "an attempt that takes more than 10 s has failed": async () => {
      const bench = await opening();
      await bench.clock.advance(9_999);
      expect(bench.state()).toMatchObject({ phase: "opening" });
      await bench.clock.advance(1);
      expect(bench.state()).toMatchObject({ phase: "waiting", attempt: 1 });
      expect(bench.last().isAborted()).toBe(true);
      expect(bench.told("attempt_failed")).toHaveLength(1);
    },
    "an open socket on which the stream does not begin has failed too": async () => {
      const bench = await opening();
      bench.last().open();
      await bench.clock.advance(10_000);
      expect(bench.state()).toMatchObject({ phase: "waiting", attempt: 1 });
      expect(bench.last().closedBy).toBe("cut");
    },
    "Retry-After is obeyed": async () => {
      const bench = await opening();
      bench.last().refuse({ status: 503, retryAfterMs: 60_000, error: failure("OVERLOADED", 503) });
      await bench.settle();
      expect(waitOf(bench)).toBe(64_000);
    },
  },
  4: {
    "the first heartbeat says how the stream went on, then the client is online": async () => {
      const bench = await catchingUp();
      bench.last().stream().item(eventOf(1), "e:1");
      bench.last().stream().item(eventOf(2), "e:2");
      await bench.settle();
      expect(bench.state()).toMatchObject({ phase: "catching_up" });
      bench.last().stream().heartbeat("e:3");
      await bench.settle();
      expect(bench.state()).toEqual(online);
      expect(bench.outcomes).toEqual([{ outcome: "caught_up", n: 2 }]);
      const order = bench.log.map(({ name, payload }) =>
        name === "state" ? (payload as ConnectionState).state : name,
      );
      expect(order.slice(-2)).toEqual(["resume", "online"]);
    },
  },
  5: {
    "a reset while online loads afresh and is told with the snapshot, once": async () => {
      const bench = await settled();
      const attempt = bench.last();
      attempt.stream().item({ type: "reset", reason: "too_old" }, "e:9");
      await bench.settle();
      expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "catching_up" });
      attempt.call("bootstrap").answer(bench.snapshot("e:10"));
      await bench.settle();
      expect(bench.outcomes.slice(1)).toEqual([
        { outcome: "reset", reason: "too_old", snapshot: bench.snapshot("e:10") },
      ]);
      expect(attempt.stream().cursor).toBe("e:10");
      attempt.stream().started();
      attempt.stream().heartbeat("e:11");
      await bench.settle();
      expect(bench.state()).toEqual(online);
      expect(bench.told("resume")).toHaveLength(2);
      expect(bench.attempts).toHaveLength(1);
    },
    "a start without a cursor begins with a snapshot": async () => {
      const bench = await opening({ start: undefined });
      bench.last().open();
      await bench.settle();
      expect(bench.state()).toMatchObject({ phase: "opening" });
      bench.last().call("bootstrap").answer(bench.snapshot("e:5"));
      await bench.settle();
      expect(bench.state()).toMatchObject({ state: "connecting", phase: "catching_up" });
      expect(bench.outcomes).toMatchObject([{ outcome: "reset", reason: "no_cursor" }]);
      expect(bench.last().stream().cursor).toBe("e:5");
    },
  },
  6: {
    "a lost connection waits in span 0, and takes the link away": async () => {
      const bench = await settled();
      const links: unknown[] = [];
      bench.connection.onLink((link) => links.push(link));
      bench.last().lose({ code: 1001 });
      expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "waiting", attempt: 0 });
      expect(waitOf(bench)).toBe(2_000);
      expect(links.at(-1)).toBeUndefined();
      expect(bench.told("attempt_failed")).toEqual([]);
    },
    "a connection that is lost while catching up, or soon after, counts as a failed attempt": async () => {
      const bench = await catchingUp();
      bench.last().lose({ code: 1001 });
      expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "waiting", attempt: 1 });
      await bench.nextAttempt();
      await bench.comeOnline();
      await bench.clock.advance(30_000);
      bench.last().lose({ code: 1001 });
      expect(bench.state()).toMatchObject({ phase: "waiting", attempt: 2 });
    },
    "a stream that ends is started again on the same connection, from the last cursor": async () => {
      const bench = await settled();
      const attempt = bench.last();
      attempt.stream().item(eventOf(1), "e:7");
      attempt.stream().end(failure("INTERNAL_SERVER_ERROR", 500));
      await bench.settle();
      expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "waiting", attempt: 0 });
      expect(bench.connection.link()).toBeUndefined();
      await bench.clock.advance(2_000);
      expect(bench.attempts).toHaveLength(1);
      expect(attempt.closedBy).toBeUndefined();
      expect(attempt.stream().cursor).toBe("e:7");
      attempt.stream().started();
      attempt.stream().heartbeat("e:8");
      await bench.settle();
      expect(bench.state()).toEqual(online);
    },
  },
  7: {
    "4401 waits in span 0, refreshes the token that was refused, then opens at once": async () => {
      const bench = await settled();
      bench.last().lose({ code: 4401 });
      expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "waiting", attempt: 0 });
      expect(waitOf(bench)).toBe(2_000);
      await bench.clock.advance(2_000);
      expect(bench.session.refused).toEqual(["token-1"]);
      expect(bench.last().token).toBe("token-2");
      expect(bench.told("state").map((state) => "phase" in state && state.phase)).toContain("refreshing");
    },
    "an UNAUTHORIZED end of the stream is the same": async () => {
      const bench = await settled();
      bench.last().stream().end(failure("UNAUTHORIZED", 401));
      await bench.settle();
      expect(bench.last().closedBy).toBe(1000);
      await bench.nextAttempt();
      expect(bench.session.refused).toEqual(["token-1"]);
    },
  },
  8: {
    "4410 forgets the session": async () => {
      const bench = await settled();
      bench.last().lose({ code: 4410 });
      expect(bench.state()).toEqual({ state: "auth_lost", reason: "account_gone" });
      expect(bench.session.ended).toEqual(["account_gone"]);
    },
  },
  9: {
    "a code whose duty is to give up closes, from any phase with a socket": async () => {
      for (const reach of [opening, catchingUp, settled]) {
        const bench = await reach();
        if (reach === opening) bench.last().open();
        await bench.settle();
        bench.last().lose({ code: 4403 });
        await bench.clock.advance(120_000);
        expect(bench.state()).toEqual({ state: "closed", reason: "forbidden" });
        expect(bench.attempts).toHaveLength(1);
      }
    },
  },
  10: {
    "60 s of silence cut the connection": async () => {
      const bench = await settled();
      await bench.clock.advance(49_999);
      expect(bench.state()).toEqual(online);
      await bench.clock.advance(10_001);
      expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "waiting" });
      expect(bench.last().closedBy).toBe("cut");
    },
    "a stream that begins and brings nothing within 10 s is cut": async () => {
      const bench = await catchingUp();
      await bench.clock.advance(10_000);
      expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "waiting" });
      expect(bench.last().closedBy).toBe("cut");
    },
    "a failed probe cuts it": async () => {
      const bench = await settled();
      await bench.clock.advance(2_000);
      bench.signal("shown");
      expect(bench.last().pings).toBe(1);
      await bench.clock.advance(5_000);
      expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "waiting" });
      expect(bench.last().closedBy).toBe("cut");
      expect(bench.told("probe")).toEqual([{ cause: "shown", ok: false, ms: 5_000 }]);
    },
  },
  11: {
    "a new token opens": async () => {
      const bench = createBench();
      bench.session.isStale = true;
      let answer: (token: string) => void = () => undefined;
      bench.session.next = () => new Promise((resolve) => (answer = resolve));
      bench.connection.connect();
      await bench.settle();
      expect(bench.state()).toMatchObject({ state: "connecting", phase: "refreshing" });
      expect(bench.attempts).toHaveLength(0);
      answer("fresh");
      await bench.settle();
      expect(bench.state()).toMatchObject({ phase: "opening" });
      expect(bench.last().token).toBe("fresh");
    },
    "a token that was asked for before somebody else signed in opens nothing": async () => {
      const bench = createBench();
      const asked: ((token: string) => void)[] = [];
      bench.session.next = () => new Promise((resolve) => asked.push(resolve));
      bench.connection.connect();
      bench.session.userId = 2;
      bench.session.change({ type: "signed_in", userId: 2 });
      asked[0]?.("of user 1");
      await bench.settle();
      expect(bench.attempts).toHaveLength(0);
      asked[1]?.("of user 2");
      await bench.settle();
      expect(bench.attempts.map(({ token }) => token)).toEqual(["of user 2"]);
    },
  },
  12: {
    "a refresh that is refused for good ends the session": async () => {
      const bench = await settled();
      bench.session.next = () => Promise.reject(failure("UNAUTHORIZED", 401));
      bench.last().lose({ code: 4401 });
      await bench.clock.advance(2_000);
      expect(bench.state()).toEqual({ state: "auth_lost", reason: "session_ended" });
    },
    "4401 with a token that was fetched after the last 4401 ends it, too": async () => {
      const bench = await settled();
      bench.last().lose({ code: 4401 });
      await bench.nextAttempt();
      bench.last().open();
      await bench.settle();
      bench.last().lose({ code: 4401 });
      expect(bench.state()).toEqual({ state: "auth_lost", reason: "session_ended" });
      expect(bench.session.ended).toEqual(["session_ended"]);
    },
    "4401 after the next time online is a first one again": async () => {
      const bench = await settled();
      for (const expected of ["token-2", "token-3"]) {
        bench.last().lose({ code: 4401 });
        await bench.nextAttempt();
        expect(bench.last().token).toBe(expected);
        await bench.comeOnline();
      }
    },
    "a session in a cookie has nothing to refresh": async () => {
      const bench = createBench();
      bench.session.next = () => Promise.resolve(undefined);
      await bench.online();
      bench.last().lose({ code: 4401 });
      expect(bench.state()).toEqual({ state: "auth_lost", reason: "session_ended" });
    },
  },
  13: {
    "a refresh that fails in passing waits in the next span, at least as long as the server asked":
      async () => {
        const bench = createBench();
        bench.session.isStale = true;
        bench.session.next = () => Promise.reject(failure("OVERLOADED", 503, 30_000));
        bench.connection.connect();
        await bench.settle();
        expect(bench.state()).toMatchObject({ state: "connecting", phase: "waiting", attempt: 1 });
        expect(waitOf(bench)).toBe(34_000);
      },
    "a refresh that never ends fails after 30 s": async () => {
      const bench = createBench();
      bench.session.isStale = true;
      bench.session.next = () => new Promise(() => undefined);
      bench.connection.connect();
      await bench.clock.advance(30_000);
      expect(bench.state()).toMatchObject({ phase: "waiting", attempt: 1 });
    },
  },
  14: {
    "when the wait is over, the client opens; with a stale token it refreshes first": async () => {
      const bench = await waiting();
      await bench.clock.advance(2_000);
      expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "opening" });
      expect(bench.attempts).toHaveLength(2);

      const stale = await waiting();
      stale.session.isStale = true;
      await stale.clock.advance(2_000);
      const phases = stale.told("state").map((state) => ("phase" in state ? state.phase : state.state));
      expect(phases.slice(-3)).toEqual(["waiting", "refreshing", "opening"]);
      expect(stale.last().token).toBe("token-2");
    },
  },
  15: {
    "a wake-up ends the wait within half a second, and n is 0": async () => {
      for (const signal of ["shown", "resumed"] as const) {
        const bench = await opening();
        bench.last().refuse({ status: 500 });
        await bench.settle();
        expect(waitOf(bench)).toBe(4_000);
        bench.signal(signal);
        expect(bench.state()).toMatchObject({ phase: "waiting", attempt: 0 });
        expect(waitOf(bench)).toBe(250);
      }
    },
    "but not before a time that the server asked for": async () => {
      const bench = await opening();
      bench.last().refuse({ status: 429, retryAfterMs: 30_000, error: failure("RATE_LIMITED", 429) });
      await bench.settle();
      bench.signal("shown");
      expect(waitOf(bench)).toBe(30_250);
    },
  },
  16: {
    "a network draws wait 0 anew, and the earlier moment holds": async () => {
      const bench = await opening();
      bench.last().refuse({ status: 500 });
      await bench.settle();
      bench.signal("network_there");
      expect(bench.state()).toMatchObject({ phase: "waiting", attempt: 0 });
      expect(waitOf(bench)).toBe(2_000);
      await bench.clock.advance(1_900);
      bench.signal("network_there");
      expect(waitOf(bench)).toBe(100);
    },
  },
  17: {
    "no network while waiting is offline, without attempts until the slow check": async () => {
      const bench = await withoutNetwork();
      await bench.clock.advance(29_000);
      expect(bench.attempts).toHaveLength(1);
    },
  },
  18: {
    "no network while opening changes nothing until the attempt fails": async () => {
      const bench = await opening();
      bench.signal("no_network");
      expect(bench.state()).toMatchObject({ phase: "opening" });
      bench.last().refuse({});
      await bench.settle();
      expect(bench.state()).toEqual(noNetwork);
    },
    "no network while online asks first": async () => {
      const bench = await settled();
      await bench.clock.advance(2_000);
      bench.signal("no_network");
      expect(bench.state()).toEqual(online);
      expect(bench.last().pings).toBe(1);
      bench.last().alive();
      await bench.clock.advance(10_000);
      expect(bench.state()).toEqual(online);
      bench.signal("no_network");
      await bench.clock.advance(5_000);
      expect(bench.state()).toEqual(noNetwork);
    },
  },
  19: {
    "a network goes on as before it went offline, in span 0": async () => {
      const bench = await withoutNetwork();
      bench.signal("network_there");
      expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "waiting", attempt: 0 });
      expect(waitOf(bench)).toBe(2_000);

      const fresh = await opening();
      fresh.signal("no_network");
      fresh.last().refuse({});
      await fresh.settle();
      fresh.signal("network_there");
      expect(fresh.state()).toMatchObject({ state: "connecting", phase: "waiting", attempt: 0 });
    },
  },
  20: {
    "the slow check tries in silence, again and again": async () => {
      const bench = await withoutNetwork();
      await bench.settle();
      const told = bench.log.length;
      for (let check = 2; check < 5; check += 1) {
        await bench.clock.advance(45_000);
        expect(bench.attempts).toHaveLength(check);
        bench.last().refuse({});
        await bench.settle();
        expect(bench.state()).toEqual(noNetwork);
      }
      expect(bench.log.slice(told)).toEqual([]);
    },
    "when a stream begins after all, the client catches up": async () => {
      for (const signal of ["shown", undefined] as const) {
        const bench = await withoutNetwork();
        if (signal) bench.signal(signal);
        else await bench.clock.advance(45_000);
        await bench.settle();
        expect(bench.state()).toEqual(noNetwork);
        await bench.catchUp();
        expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "catching_up" });
      }
    },
  },
  21: {
    "wake-ups ask the server": async () => {
      for (const signal of ["shown", "resumed", "network_there"] as const) {
        const bench = await settled();
        await bench.clock.advance(2_000);
        bench.signal(signal);
        expect(bench.last().pings).toBe(1);
        bench.last().alive();
        await bench.settle();
        expect(bench.state()).toEqual(online);
        expect(bench.told("probe")).toEqual([{ cause: signal, ok: true, ms: 0 }]);
      }
    },
    "so does a timer that is late": async () => {
      const bench = await settled();
      bench.clock.sleep(600_000);
      await bench.clock.advance(10_000);
      expect(bench.last().pings).toBe(1);
      expect(bench.state()).toEqual(online);
      bench.last().alive();
      await bench.settle();
      expect(bench.told("probe")).toMatchObject([{ cause: "late_timer", ok: true }]);
    },
  },
  22: {
    "freezing lets go of everything": async () => {
      for (const reach of [opening, catchingUp, settled, waiting, withoutNetwork]) {
        const bench = await reach();
        const attempt = bench.last();
        const wasOpen = reach === catchingUp || reach === settled;
        bench.signal("frozen");
        expect(bench.state()).toEqual(suspended);
        if (wasOpen) expect(attempt.closedBy).toBe(1000);
        const attempts = bench.attempts.length;
        await bench.clock.advance(300_000);
        expect(bench.attempts).toHaveLength(attempts);
      }
    },
    "freezing an idle client changes nothing": async () => {
      const bench = createBench();
      bench.signal("frozen");
      expect(bench.state()).toEqual(idle);
    },
  },
  23: {
    "thawing reconnects within half a second": async () => {
      for (const signal of ["shown", "resumed"] as const) {
        const bench = await settled();
        bench.signal("frozen");
        await bench.clock.advance(300_000);
        bench.signal(signal);
        expect(bench.state()).toMatchObject({ state: "reconnecting", phase: "waiting" });
        expect(waitOf(bench)).toBe(250);
        await bench.clock.advance(250);
        expect(bench.attempts).toHaveLength(2);
      }
    },
  },
  24: {
    "disconnect() closes, and stays idle whatever the system says": async () => {
      for (const reach of [opening, catchingUp, settled, waiting, withoutNetwork]) {
        const bench = await reach();
        const attempts = bench.attempts.length;
        bench.connection.disconnect();
        expect(bench.state()).toEqual(idle);
        if (reach === settled) expect(bench.last().closedBy).toBe(1000);
        for (const signal of ["shown", "network_there", "no_network", "resumed"] as const)
          bench.signal(signal);
        await bench.clock.advance(300_000);
        expect(bench.state()).toEqual(idle);
        expect(bench.attempts).toHaveLength(attempts);
      }
    },
    "what only needs the connection does not bring it back, connect() does": async () => {
      const bench = await settled();
      bench.connection.disconnect();
      bench.connection.want();
      await bench.clock.advance(300_000);
      expect(bench.state()).toEqual(idle);
      // Nor does a sign-in after it.
      bench.session.lose("signed_out");
      bench.connection.want();
      bench.session.change({ type: "signed_in", userId: 1 });
      expect(bench.state()).toEqual(idle);
      bench.connection.connect();
      expect(bench.state()).toMatchObject({ state: "connecting" });
    },
    "disconnect() changes nothing in auth_lost and closed": async () => {
      const bench = await settled();
      bench.session.lose("signed_out");
      bench.connection.disconnect();
      expect(bench.state()).toEqual({ state: "auth_lost", reason: "signed_out" });
    },
  },
  25: {
    "signing out, here or in another tab, closes": async () => {
      for (const reach of [opening, catchingUp, settled, waiting, withoutNetwork]) {
        const bench = await reach();
        const attempts = bench.attempts.length;
        bench.session.lose("signed_out");
        expect(bench.state()).toEqual({ state: "auth_lost", reason: "signed_out" });
        if (reach === settled) expect(bench.last().closedBy).toBe(1000);
        await bench.clock.advance(300_000);
        expect(bench.attempts).toHaveLength(attempts);
      }
    },
  },
  26: {
    "a sign-in connects at once if a connection is wanted": async () => {
      const bench = createBench({ signedOut: true });
      expect(bench.state()).toEqual({ state: "auth_lost", reason: "no_credentials" });
      bench.connection.connect();
      await bench.settle();
      expect(bench.attempts).toHaveLength(0);
      bench.session.change({ type: "signed_in", userId: 1 });
      await bench.settle();
      expect(bench.state()).toMatchObject({ state: "connecting", phase: "opening", attempt: 0 });
    },
    "else the client is idle": async () => {
      const bench = createBench({ signedOut: true });
      bench.session.change({ type: "signed_in", userId: 1 });
      expect(bench.state()).toEqual(idle);
    },
  },
  27: {
    "n is 0 after 60 s online": async () => {
      const bench = await opening();
      bench.last().refuse({ status: 500 });
      await bench.nextAttempt();
      await bench.comeOnline();
      await bench.stay(59_900);
      bench.last().lose({ code: 1006 });
      expect(bench.state()).toMatchObject({ attempt: 2 });
      await bench.nextAttempt();
      await bench.comeOnline();
      await bench.stay(60_100);
      bench.last().lose({ code: 1006 });
      expect(bench.state()).toMatchObject({ attempt: 0 });
    },
  },
  28: {
    "close() is for good": async () => {
      for (const reach of [opening, catchingUp, settled, waiting, withoutNetwork]) {
        const bench = await reach();
        const attempts = bench.attempts.length;
        bench.connection.close();
        expect(bench.state()).toEqual({ state: "closed", reason: "by_app" });
        if (reach === settled) expect(bench.last().closedBy).toBe(1000);
        bench.connection.connect();
        bench.session.change({ type: "signed_in", userId: 1 });
        bench.session.lose("signed_out");
        bench.signal("shown");
        await bench.clock.advance(300_000);
        expect(bench.state()).toEqual({ state: "closed", reason: "by_app" });
        expect(bench.attempts).toHaveLength(attempts);
      }
    },
  },
};

for (const [row, cases] of Object.entries(rows))
  for (const [name, check] of Object.entries(cases)) test(`${row}: ${name}`, check);

test("every row of the table is walked", () => {
  expect(Object.keys(rows).map(Number)).toEqual(Array.from({ length: 28 }, (_, index) => index + 1));
});
