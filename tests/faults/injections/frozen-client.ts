import { createHistory } from "../stage/history.ts";
import { startSocketReader } from "../readers/socket-reader.ts";
import type { ReaderOptions } from "../readers/reader.ts";

// A reader in a process of its own, which can be stopped from outside. Argument: its options as
// JSON, and the file of its history. Prints the lines of its history.
const [text = "{}", path = ""] = process.argv.slice(2);
const options = JSON.parse(text) as Omit<ReaderOptions, "history" | "over">;
const history = createHistory(path);
const told: ReaderOptions["history"] = {
  ...history,
  add: (entry) => void process.stdout.write(`${JSON.stringify(entry)}\n`),
};
const over = new AbortController();
const reader = startSocketReader({ ...options, history: told, over: over.signal });
process.once("SIGTERM", () => {
  void reader.stop().then(() => process.exit(0));
});
