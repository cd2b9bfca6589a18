// What the command makes of the comparison; its own tests are in examples/compare.
import { expect, test, vi } from "vitest";
import { toolkit } from "./running.js";

test("compare is the comparison of the examples, under the command's name", async () => {
  const { code, out } = await toolkit(["compare", "--help"]);
  expect(out).toContain("Usage: toolkit compare [options]");
  expect(out).toContain("--baseline <file>");
  expect(code).toBe(0);
});

test("compare says itself what is wrong with its words", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const { code, out } = await toolkit(["compare", "--only", "upd"]);
    expect([code, out]).toEqual([2, ""]);
    expect(write).toHaveBeenCalledWith("Unknown in --only: 'upd'; did you mean 'udp'? --help tells more.\n");
  } finally {
    write.mockRestore();
  }
});
