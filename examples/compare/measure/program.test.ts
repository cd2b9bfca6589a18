import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { programFile } from "./program.js";

test.each(["measure/server-process", "updates/updates-process"])("%s is found", (path) => {
  expect(existsSync(programFile(path))).toBe(true);
});

test("a program that is nowhere is told of", () => {
  expect(() => programFile("measure/nothing")).toThrow(/^No program .*nothing\.ts$/);
});
