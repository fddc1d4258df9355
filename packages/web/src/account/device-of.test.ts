import { expect, test } from "vitest";
import { deviceOf } from "./device-of.ts";

const chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0";

test.each([
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36`, "Chrome · Windows", false],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/140.0.0.0`,
    "Edge · Windows",
    false,
  ],
  [`Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`, "Chrome · Android", true],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox · Linux", false],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Safari · iPhone",
    true,
  ],
  ["my-bot/2.1", "my-bot/2.1", false],
])("%s is named", (device, name, isPhone) => expect(deviceOf(device)).toEqual({ name, isPhone }));

test("a program that does not name itself has no name", () => {
  expect(deviceOf(null)).toEqual({ isPhone: false });
});
