import { expect, test } from "vitest";
import { initials } from "./initials.ts";

test.each([
  ["Jean Dupont", "JD"],
  ["jean", "J"],
  ["Jean-Marie de la Tour", "JT"],
  ["  anna   ćosić ", "AĆ"],
  // A letter and its accent are two characters to the machine, a family of emoji seven.
  ["e\u0301milie", "E\u0301"],
  ["👩‍👩‍👧 Club", "👩‍👩‍👧C"],
  ["--", "?"],
])("of %j are %j", (name, expected) => expect(initials(name)).toBe(expected));
