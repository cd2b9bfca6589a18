import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanPath } from "../../src/rest/path.js";

const piece = fc.constantFrom("a", "b%2Fc", "", ".", "..", "%2e", "%2E%2e", ".%2E", "...", "%252e", "a.");

describe("cleanPath", () => {
  test("gives what a browser makes of a path without empty segments", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const path = `/${pieces.join("/")}`;
        const clean = cleanPath(path);
        expect(cleanPath(clean)).toBe(clean);
        expect(clean).toMatch(/^\//);
        expect(clean).not.toMatch(/\/\/|\/(\.|%2e){1,2}(\/|$)/i);
        const { pathname } = new URL(`http://a${path.replace(/\/+/g, "/")}`);
        const isDotted = /(\.|%2e)$/i.test(path); // a browser leaves a slash there, as Go does not
        if (!isDotted) expect(clean).toBe(pathname.replace(/\/+/g, "/"));
      }),
    );
  });

  test("is quick with what is long", () => {
    expect(cleanPath(`/${"../".repeat(5000)}a`)).toBe("/a");
    expect(cleanPath("/".repeat(16_000))).toBe("/");
  });
});
