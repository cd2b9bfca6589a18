import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { handler } from "../../src/rest/handler.js";
import { parseRange } from "../../src/rest/range.js";
import { reply } from "../../src/rest/reply.js";
import { resource } from "../../src/rest/resource.js";
import { asking } from "./asking.js";

describe("parseRange", () => {
  test.each<[string, ReturnType<typeof parseRange>]>([
    ["bytes=0-0", [{ start: 0, end: 1 }]],
    ["bytes=5-", [{ start: 5, end: 10 }]],
    ["bytes=-3", [{ start: 7, end: 10 }]],
    ["bytes=-30", [{ start: 0, end: 10 }]],
    ["bytes=2-99", [{ start: 2, end: 10 }]],
    ["BYTES=1-2", [{ start: 1, end: 3 }]],
    [
      "bytes= 0-1 , 4-5 ",
      [
        { start: 0, end: 2 },
        { start: 4, end: 6 },
      ],
    ],
    ["bytes=,0-1, ,", [{ start: 0, end: 2 }]],
    ["bytes=,", null],
    ["bytes=0-1,50-60", [{ start: 0, end: 2 }]],
    ["bytes=10-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=99999999999999999999-", "unsatisfiable"],
    ["bytes=", null],
    ["bytes=-", null],
    ["bytes=3-2", null],
    ["bytes=a-b", null],
    ["bytes=1-2,x", null],
    ["bytes 1-2", null],
    ["items=0-1", null],
    ["bytes=0-9,0-9", null],
    [`bytes=${Array.from({ length: 51 }, () => "0-0").join(",")}`, null],
  ])("%s of ten bytes", (text, ranges) => {
    expect(parseRange(text, 10)).toEqual(ranges);
  });

  test("gives ranges of what there is, and never more than there is", () => {
    const edge = fc.oneof(fc.constant(""), fc.nat(120).map(String));
    const specs = fc.array(fc.tuple(edge, edge), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(specs, fc.nat(100), (given, size) => {
        const ranges = parseRange(`bytes=${given.map((one) => one.join("-")).join(",")}`, size);
        if (ranges === null || ranges === "unsatisfiable") return;
        for (const { start, end } of ranges) expect(0 <= start && start < end && end <= size).toBe(true);
        expect(ranges.reduce((sum, { start, end }) => sum + end - start, 0)).toBeLessThanOrEqual(size);
      }),
    );
  });
});

describe("Range", () => {
  const digits = new TextEncoder().encode("0123456789");
  const old = Date.UTC(2020, 1, 1);
  const ask = asking(
    handler(
      resource("/bytes", { GET: () => digits }),
      resource("/blob", { GET: () => reply(new Blob([digits], { type: "text/x" }), { etag: "b", lastModified: old }) }),
      resource("/state", { GET: () => "é€", POST: () => digits }),
      resource("/stream", { GET: () => new Blob([digits]).stream() }),
    ),
  );
  const parts = async (path: string, Range: string, more = {}) => {
    const { status, text, headers } = await ask(`GET ${path}`, { Range, ...more });
    return [status, text, headers.get("Content-Range")];
  };

  test("gives a part, of bytes, of blobs and of representations", async () => {
    for (const path of ["/bytes", "/blob"]) {
      expect(await parts(path, "bytes=2-4")).toEqual([206, "234", "bytes 2-4/10"]);
      expect((await ask(`GET ${path}`)).headers.get("Accept-Ranges")).toBe("bytes");
    }
    expect(await parts("/state", "bytes=1-2")).toEqual([206, "é", "bytes 1-2/7"]);
  });

  test("gives several parts as multipart/byteranges", async () => {
    const { status, text, headers } = await ask("GET /blob", { Range: "bytes=0-0,-2" });
    const boundary = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(headers.get("Content-Type") ?? "")?.[1];
    expect([status, headers.get("Content-Range")]).toEqual([206, null]);
    expect(text.split(`--${boundary}`)).toEqual([
      "",
      "\r\nContent-Type: text/x\r\nContent-Range: bytes 0-0/10\r\n\r\n0\r\n",
      "\r\nContent-Type: text/x\r\nContent-Range: bytes 8-9/10\r\n\r\n89\r\n",
      "--\r\n",
    ]);
  });

  test("is 416 where there is nothing", async () => {
    const { status, headers, value } = await ask("GET /bytes", { Range: "bytes=10-" });
    expect([status, headers.get("Content-Range")]).toEqual([416, "bytes */10"]);
    expect(value).toMatchObject({ title: "Range Not Satisfiable" });
  });

  test("is ignored by HEAD and POST, for streams, when malformed, and when If-Range does not hold", async () => {
    const whole = [200, "0123456789", null];
    expect((await ask("HEAD /bytes", { Range: "bytes=0-1" })).status).toBe(200);
    expect((await ask("POST /state", { Range: "bytes=0-1" })).status).toBe(200);
    expect(await parts("/stream", "bytes=0-1")).toEqual(whole);
    expect(await parts("/bytes", "lines=0-1")).toEqual(whole);
    expect(await parts("/blob", "bytes=0-1", { "If-Range": '"c"' })).toEqual(whole);
    expect(await parts("/blob", "bytes=0-1", { "If-Range": '"b"' })).toEqual([206, "01", "bytes 0-1/10"]);
    expect(await parts("/blob", "bytes=0-1", { "If-Range": new Date(old).toUTCString() })).toEqual([
      206,
      "01",
      "bytes 0-1/10",
    ]);
    expect(await parts("/blob", "bytes=0-1", { "If-Range": new Date(old + 1000).toUTCString() })).toEqual(whole);
  });

  test("comes after the conditions", async () => {
    expect(await parts("/blob", "bytes=99-", { "If-None-Match": '"b"' })).toEqual([304, "", null]);
    expect((await parts("/blob", "bytes=0-1", { "If-Match": '"c"' }))[0]).toBe(412);
  });
});
