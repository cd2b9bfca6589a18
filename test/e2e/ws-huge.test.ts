// TOOLKIT_HUGE_BYTES=2147483648 npx vitest run --project e2e test/e2e/ws-huge.test.ts
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { outcomeOf } from "../support/programs.js";

const program = fileURLToPath(new URL("./programs/ws-huge.ts", import.meta.url));
const mebibyte = 1 << 20;
const bytes = Number(process.env["TOOLKIT_HUGE_BYTES"] ?? 64 * mebibyte);

interface Outcome {
  readonly bytes: number;
  readonly seconds: number;
  readonly growth: number;
}

describe.each(["client", "server"])(`a message of ${bytes / mebibyte} MiB, sent by the %s`, (sender) => {
  test.each(["plain", "compressed"])(
    "passes through a process that does not grow by 100 MiB, %s",
    async (how) => {
      const node = [process.execPath, "--expose-gc", "--conditions=toolkit-source", "--import", "tsx"];
      const outcome = await outcomeOf<Outcome>(...node, program, String(bytes), sender, how);
      console.log(`${Math.round(outcome.growth / mebibyte)} MiB more, ${outcome.seconds.toFixed(1)} s`);
      expect(outcome.bytes).toBeGreaterThanOrEqual(bytes);
      expect(outcome.growth).toBeLessThan(100 * mebibyte);
    },
    900_000,
  );
});
