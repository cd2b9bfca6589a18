import { expect, test } from "vitest";
import { burstOf, loadOf } from "./loads.js";

test.each([
  [64, 64],
  [1024, 64],
  [4096, 16],
  [65_536, 2],
  [2 ** 20, 2],
])("of messages of %d bytes %d leave at once", (bytes, burst) => {
  expect(burstOf(bytes)).toBe(burst);
  expect(loadOf(bytes)).toEqual({ messageBytes: bytes, maxUnderWay: 2 * burst });
});

test("fewer leave where fewer may", () => expect([burstOf(64, 8), burstOf(16_384, 8)]).toEqual([8, 4]));
