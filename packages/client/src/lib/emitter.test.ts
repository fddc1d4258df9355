import process from "node:process";
import { expect, onTestFinished, test } from "vitest";
import { CauserieError } from "../errors.ts";
import { createEmitter, type Failure } from "./emitter.ts";

interface Events {
  number: number;
  word: string;
  error: Failure;
}

const turn = () => new Promise<void>((resolve) => setTimeout(resolve));

/** What is thrown where nobody catches it, instead of failing the run. */
function collectUncaught(): unknown[] {
  const uncaught: unknown[] = [];
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => uncaught.push(error));
  onTestFinished(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of before) process.on("uncaughtException", listener);
  });
  return uncaught;
}

test("listeners are told in order, all kinds together, and never from within the call that emits", async () => {
  const emitter = createEmitter<Events>();
  const heard: unknown[] = [];
  emitter.on("number", (number) => heard.push(number));
  emitter.on("word", (word) => heard.push(word));
  emitter.emit("number", 1);
  emitter.emit("word", "two");
  emitter.emit("number", 3);
  expect(heard).toEqual([]);
  await turn();
  expect(heard).toEqual([1, "two", 3]);
});

test("what a listener causes comes after what had happened before", async () => {
  const emitter = createEmitter<Events>();
  const heard: number[] = [];
  emitter.on("number", (number) => {
    if (number === 1) emitter.emit("number", 3);
    heard.push(number);
  });
  emitter.emit("number", 1);
  emitter.emit("number", 2);
  await turn();
  expect(heard).toEqual([1, 2, 3]);
});

test("a listener that has stopped hears nothing more, even of what was emitted before", async () => {
  const emitter = createEmitter<Events>();
  const heard: string[] = [];
  const stopSecond = emitter.on("number", () => {
    heard.push("first");
    stopThird();
  });
  const stopThird = emitter.on("number", () => heard.push("third"));
  emitter.emit("number", 1);
  await turn();
  expect(heard).toEqual(["first"]);
  emitter.emit("number", 2);
  stopSecond();
  await turn();
  expect(heard).toEqual(["first"]);
});

test("a function that listens twice is told twice, and stops one at a time", async () => {
  const emitter = createEmitter<Events>();
  const heard: number[] = [];
  const listener = (number: number) => heard.push(number);
  const stop = emitter.on("number", listener);
  emitter.on("number", listener);
  emitter.emit("number", 1);
  await turn();
  stop();
  emitter.emit("number", 2);
  await turn();
  expect(heard).toEqual([1, 1, 2]);
});

test("a listener that fails is reported, and does not stop the others", async () => {
  const emitter = createEmitter<Events>();
  const failures: Failure[] = [];
  const heard: number[] = [];
  const cause = new Error("The app's own.");
  emitter.on("error", (failure) => failures.push(failure));
  emitter.on("number", () => {
    throw cause;
  });
  emitter.on("number", (number) => heard.push(number));
  emitter.emit("number", 1);
  emitter.report("storage", new CauserieError("NETWORK", "Gone."));
  await turn();
  expect(heard).toEqual([1]);
  // In the order in which they failed.
  expect(failures).toEqual([
    { code: "NETWORK", where: "storage", cause: expect.any(CauserieError) },
    { code: "HANDLER_FAILED", where: "listener", cause },
  ]);
});

test("an error that nobody listens to is thrown as an uncaught one, and so is one in a listener of errors", async () => {
  const emitter = createEmitter<Events>();
  const uncaught = collectUncaught();
  const [unheard, inListener] = [new Error("Nobody listens."), new Error("In the listener.")];
  emitter.report("handler", unheard);
  await turn();
  emitter.on("error", () => {
    throw inListener;
  });
  emitter.report("handler", new Error("Heard."));
  await turn();
  await turn();
  expect(uncaught).toEqual([unheard, inListener]);
});
