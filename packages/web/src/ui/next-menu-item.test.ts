import { expect, test } from "vitest";
import { nextMenuItem } from "./next-menu-item.ts";

const labels = ["Edit", "Reply", "Delete", "Éditer", "Report"];

test("arrows go round, Home and End to the ends", () => {
  expect(nextMenuItem(labels, 0, "ArrowDown")).toBe(1);
  expect(nextMenuItem(labels, 4, "ArrowDown")).toBe(0);
  expect(nextMenuItem(labels, 0, "ArrowUp")).toBe(4);
  expect(nextMenuItem(labels, 2, "Home")).toBe(0);
  expect(nextMenuItem(labels, 2, "End")).toBe(4);
});

test("from no item, down goes to the first one and up to the last", () => {
  expect(nextMenuItem(labels, -1, "ArrowDown")).toBe(0);
  expect(nextMenuItem(labels, -1, "ArrowUp")).toBe(4);
});

test("a letter goes to the next item that begins with it, whatever its case", () => {
  expect(nextMenuItem(labels, 0, "R")).toBe(1);
  expect(nextMenuItem(labels, 1, "r")).toBe(4);
  expect(nextMenuItem(labels, 4, "r")).toBe(1);
  expect(nextMenuItem(labels, 0, "é")).toBe(3);
  expect(nextMenuItem(labels, 0, "x")).toBeUndefined();
});

test("keys that choose, and all keys in an empty menu, are left alone", () => {
  for (const key of ["Enter", " ", "Tab", "Escape", "Shift"])
    expect(nextMenuItem(labels, 0, key)).toBeUndefined();
  expect(nextMenuItem([], -1, "ArrowDown")).toBeUndefined();
});
