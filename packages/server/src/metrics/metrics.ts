import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Commit } from "../log/writer.ts";
import type { MetricsSources } from "./sources.ts";
import { processRegistry } from "./process-registry.ts";

/** What an operator can watch, in the text format of Prometheus. */
export interface Metrics {
  readonly contentType: string;
  /** Takes note of a commit. */
  onCommit(commit: Commit): void;
  /** All values as they are now. Those who ask at the same time get the same answer. */
  text(): Promise<string>;
}

/** A commit holds 256 writes at most. */
const jobBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256];
/** From a fast disk's sync to one that an operator must hear of. */
const secondBuckets = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/**
 * Commits are noted as they happen; everything else is read from `sources` when somebody asks,
 * so that watching costs nothing in between. Labels have few values, and none says who or what.
 */
export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  for (const { name, help, label, read } of gaugesOf(sources)) {
    new Gauge({
      name,
      help,
      labelNames: label ? [label] : [],
      registers,
      collect() {
        this.reset();
        for (const [value, count] of Object.entries(read())) this.set(label ? { [label]: value } : {}, count);
      },
    });
  }
  for (const { name, help, labels, read } of countersOf(sources)) {
    new Counter({
      name,
      help,
      labelNames: [...labels],
      registers,
      collect() {
        this.reset();
        for (const [values, count] of read())
          this.inc(Object.fromEntries(labels.map((label, n) => [label, values[n] ?? ""])), count);
      },
    });
  }
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers });
  const jobs = histogram("causerie_commit_jobs", "Writes that shared a transaction.", jobBuckets);
  const seconds = histogram(
    "causerie_commit_seconds",
    "A transaction of the writer, from its beginning until it was durable.",
    secondBuckets,
  );
  const sync = histogram(
    "causerie_commit_sync_seconds",
    "The commit of such a transaction alone: the sync to disk.",
    secondBuckets,
  );

  const everything = Registry.merge([registry, processRegistry()]);
  let asking: Promise<string> | undefined;
  return {
    contentType: everything.contentType,
    onCommit(commit) {
      jobs.observe(commit.writes);
      seconds.observe(commit.transactionMs / 1000);
      sync.observe(commit.commitMs / 1000);
    },
    text() {
      asking ??= everything.metrics().finally(() => (asking = undefined));
      return asking;
    },
  };
}

interface GaugeOfSources {
  readonly name: string;
  readonly help: string;
  /** What tells its values apart; without it there is one value. */
  readonly label?: string;
  readonly read: () => Readonly<Record<string, number>>;
}

function gaugesOf(sources: MetricsSources): GaugeOfSources[] {
  return [
    {
      name: "causerie_connections",
      help: "Open sockets by kind, and server-sent event streams (sse).",
      label: "kind",
      read: sources.connections,
    },
    {
      name: "causerie_subscriptions",
      help: "Running subscriptions, on sockets and streams.",
      read: () => ({ all: sources.subscriptions() }),
    },
    {
      name: "causerie_outbox_bytes",
      help: "Bytes that wait for the readers of all sockets together.",
      read: () => ({ all: sources.outboxBytes() }),
    },
    {
      name: "causerie_password_hashes",
      help: "Passwords being hashed (running) and waiting for it (waiting).",
      label: "state",
      read: sources.passwordHashes,
    },
  ];
}

interface CounterOfSources {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  /** The values of the labels, in order, and the count. */
  readonly read: () => Iterable<readonly [readonly string[], number]>;
}

function countersOf(sources: MetricsSources): CounterOfSources[] {
  const { delivery } = sources;
  const byOne = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts).map(([value, count]) => [[value], count] as const);
  return [
    {
      name: "causerie_sends_total",
      help: "Messages sent: stored, duplicate (a repeated send), or failed.",
      labels: ["outcome"],
      read: () => byOne(sources.sends()),
    },
    {
      name: "causerie_deliveries_total",
      help: "Events handed to sockets, one for each reader.",
      labels: [],
      read: () => [[[], delivery().deliveries]],
    },
    {
      name: "causerie_resumes_total",
      help: "Streams by how they began: fresh (without a cursor), resumed (events were missed), caught_up (none were), reset (not possible).",
      labels: ["outcome"],
      read: () => byOne(delivery().resumes),
    },
    {
      name: "causerie_sockets_closed_total",
      help: "Sockets that the server closed, by kind and close code; 4508 is a reader that was too slow.",
      labels: ["kind", "code"],
      read: sources.socketsClosed,
    },
    {
      name: "causerie_calls_total",
      help: "Calls on all surfaces, by procedure and by ok or the code of the error.",
      labels: ["procedure", "outcome"],
      read: sources.calls,
    },
  ];
}
