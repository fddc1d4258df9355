import fc from "fast-check";
import { expect, test } from "vitest";
import { createSseParser, type SseEvent } from "./sse-parser.ts";

/** What comes of the bytes when they arrive in these pieces. */
function parse(pieces: readonly Uint8Array[]): SseEvent[] {
  const events: SseEvent[] = [];
  const decoder = new TextDecoder();
  const take = createSseParser((event) => events.push(event));
  for (const piece of pieces) take(decoder.decode(piece, { stream: true }));
  return events;
}

const parseText = (text: string) => parse([new TextEncoder().encode(text)]);

test.each([
  ["data: a\n\n", [{ event: "message", data: "a", id: undefined }]],
  ["event: x\ndata: a\nid: 1\n\n", [{ event: "x", data: "a", id: "1" }]],
  ["data:a\ndata: b\ndata:  c\ndata\n\n", [{ event: "message", data: "a\nb\n c\n", id: undefined }]],
  [": a comment\n\n:\n\nretry: 1\ndata: a\n\n", [{ event: "message", data: "a", id: undefined }]],
  ["event: ping\ndata: \n\n\n", [{ event: "ping", data: "", id: undefined }]],
  ["data: a:b\nid: \n\n", [{ event: "message", data: "a:b", id: undefined }]],
  ["event: without data\nid: 1\n\ndata: a\n\n", [{ event: "message", data: "a", id: undefined }]],
  ["\uFEFFdata: a\n\n", [{ event: "message", data: "a", id: undefined }]],
  ["data: a\r\rdata: b\r\n\r\n", ["a", "b"].map((data) => ({ event: "message", data, id: undefined }))],
  ["data: a\n\ndata: not ended\n", [{ event: "message", data: "a", id: undefined }]],
])("reads %j as the standard has it", (text, events) => {
  expect(parseText(text)).toEqual(events);
});

const word = fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => !/[\r\n\0]/.test(text));
const block = fc.record({
  event: fc.constantFrom("", "connected", "ping", "serialized-error"),
  lines: fc.array(word, { minLength: 1, maxLength: 4 }),
  id: fc.option(
    word.filter((text) => text !== ""),
    { nil: undefined },
  ),
  comment: fc.option(word, { nil: undefined }),
});

/** A stream of such blocks, as bytes. */
function encode(
  blocks: readonly (typeof block extends fc.Arbitrary<infer Block> ? Block : never)[],
  end: string,
) {
  const lines = blocks.flatMap(({ event, lines, id, comment }) => [
    ...(comment === undefined ? [] : [`:${comment}`]),
    ...(event === "" ? [] : [`event: ${event}`]),
    ...lines.map((line) => `data: ${line}`),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...["", ""],
  ]);
  return new TextEncoder().encode(lines.map((line) => line + end).join(""));
}

test("reads the same events wherever the bytes are cut, within characters and line ends too", () => {
  const ends = fc.constantFrom("\n", "\r\n", "\r");
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });
  fc.assert(
    fc.property(fc.array(block, { maxLength: 6 }), ends, cuts, (blocks, end, places) => {
      const bytes = encode(blocks, end);
      const at = [0, ...places.map((place) => Math.round(place * bytes.length)), bytes.length].toSorted(
        (a, b) => a - b,
      );
      const pieces = at.slice(1).map((until, index) => bytes.subarray(at[index], until));
      const expected = blocks.map(({ event, lines, id }) => ({
        event: event || "message",
        data: lines.join("\n"),
        id,
      }));
      expect(parse(pieces)).toEqual(expected);
    }),
    { numRuns: 1_000 },
  );
});

test("reads events as soon as they are whole, byte by byte", () => {
  const events: SseEvent[] = [];
  const take = createSseParser((event) => events.push(event));
  for (const character of "data: a\r\n\r") take(character);
  expect(events).toHaveLength(1);
  for (const character of "\ndata: b\r\n\r\n") take(character);
  expect(events.map(({ data }) => data)).toEqual(["a", "b"]);
});
