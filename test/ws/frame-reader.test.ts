import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { headerBytesFor } from "../../src/ws/frame.js";
import { FrameReader } from "../../src/ws/frame-reader.js";
import { FrameWriter } from "../../src/ws/frame-writer.js";
import { frame, hex, join, Recorder, readFrames } from "./frames.js";

const hello = new TextEncoder().encode("Hello");
const sizes = [1, 2, 3, Number.MAX_SAFE_INTEGER];

// The examples of RFC 6455 section 5.7.
const golden: {
  name: string;
  masked: boolean;
  bytes: string;
  told: { opcode: number; fin: boolean; payload: Uint8Array }[];
}[] = [
  { name: "text", masked: false, bytes: "81 05 48 65 6c 6c 6f", told: [{ opcode: 1, fin: true, payload: hello }] },
  {
    name: "masked text",
    masked: true,
    bytes: "81 85 37 fa 21 3d 7f 9f 4d 51 58",
    told: [{ opcode: 1, fin: true, payload: hello }],
  },
  {
    name: "text in two frames",
    masked: false,
    bytes: "01 03 48 65 6c 80 02 6c 6f",
    told: [
      { opcode: 1, fin: false, payload: hello.subarray(0, 3) },
      { opcode: 0, fin: true, payload: hello.subarray(3) },
    ],
  },
  { name: "ping", masked: false, bytes: "89 05 48 65 6c 6c 6f", told: [{ opcode: 9, fin: true, payload: hello }] },
  {
    name: "masked pong",
    masked: true,
    bytes: "8a 85 37 fa 21 3d 7f 9f 4d 51 58",
    told: [{ opcode: 10, fin: true, payload: hello }],
  },
];

describe("the frames of RFC 6455 5.7", () => {
  for (const { name, masked, bytes, told } of golden) {
    test.each(sizes)(`are read: ${name}, %i bytes at a time`, (chunk) => {
      expect(readFrames(hex(bytes), { masked, chunk }).told).toEqual(told);
    });
  }
  test.each([
    [256, "82 7e 01 00"],
    [65_536, "82 7f 00 00 00 00 00 01 00 00"],
  ])("are written and read: %i bytes of binary", (n, header) => {
    const writer = new FrameWriter(false);
    const payload = new Uint8Array(n).fill(0x5a);
    const bytes = new Uint8Array(writer.headerBytes(n) + n);
    writer.put(bytes, 0, 0x82, payload);
    expect(bytes.subarray(0, hex(header).byteLength)).toEqual(hex(header));
    expect(readFrames(bytes, { masked: false, chunk: 1000 }).told).toEqual([{ opcode: 2, fin: true, payload }]);
  });
});

describe("a FrameReader", () => {
  test("reads what a FrameWriter writes, however it is cut", () => {
    const message = fc.record({ opcode: fc.constantFrom(1, 2, 9, 10), payload: fc.uint8Array({ maxLength: 300 }) });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 700 }),
        (messages, masked, chunk) => {
          const writer = new FrameWriter(masked);
          const sent = messages.map((m) => (m.opcode < 8 ? m : { ...m, payload: m.payload.subarray(0, 125) }));
          const bytes = join(
            sent.map(({ opcode, payload }) => {
              const one = new Uint8Array(writer.headerBytes(payload.byteLength) + payload.byteLength);
              writer.put(one, 0, 0x80 | opcode, payload);
              return one;
            }),
          );
          const { told, error } = readFrames(bytes, { masked, chunk });
          expect(error).toBeNull();
          expect(told).toEqual(
            sent.map(({ opcode, payload }) => ({ opcode, fin: true, payload: new Uint8Array(payload) })),
          );
        },
      ),
    );
  });

  test.each([0, 1, 125, 126, 127, 65_535, 65_536, 70_000])("writes and reads %i bytes", (n) => {
    for (const masked of [true, false]) {
      const writer = new FrameWriter(masked);
      const payload = Uint8Array.from({ length: n }, (_, i) => i * 7);
      const bytes = new Uint8Array(3 + headerBytesFor(n, masked) + n);
      writer.put(bytes, 3, 0x82, payload);
      for (const chunk of [1000, bytes.byteLength]) {
        expect(readFrames(bytes.slice(3), { masked, chunk }).told[0]?.payload).toEqual(payload);
      }
    }
  });

  const faults: [string, Uint8Array, string][] = [
    ["RSV1", frame(0xc1, "x"), "RSV1 set"],
    ["RSV2", frame(0xa1, "x"), "RSV2 set"],
    ["RSV3", frame(0x91, "x"), "RSV3 set"],
    ["a reserved data opcode", frame(0x83, "x"), "bad opcode 3"],
    ["a reserved control opcode", frame(0x8b, "x"), "bad opcode 11"],
    ["a long ping", frame(0x89, "x".repeat(126)), "len > 125 for control"],
    ["a ping in fragments", frame(0x09, "x"), "FIN not set on control"],
    ["no mask", frame(0x81, "x", false), "bad MASK"],
    ["a continuation of nothing", frame(0x80, "x"), "continuation after FIN"],
    [
      "a continuation after the last frame",
      join([frame(0x01, "x"), frame(0x80, "x"), frame(0x80, "x")]),
      "continuation after FIN",
    ],
    ["a new message within a message", join([frame(0x01, "x"), frame(0x81, "x")]), "data before FIN"],
    ["many at once", frame(0x7f, "x".repeat(126), false), "RSV1 set, RSV2 set, RSV3 set, bad opcode 15, bad MASK"],
  ];
  test.each(faults)("refuses %s", (_, bytes, text) => {
    for (const chunk of sizes) {
      const { error } = readFrames(bytes, { masked: true, chunk });
      expect(error).toMatchObject({ name: "ProtocolError", message: `websocket: ${text}`, closeCode: 1002, text });
    }
  });

  test("refuses a fault at the second byte, before the rest of the header", () => {
    expect(readFrames(hex("8c 80"), { masked: true, chunk: 1 }).error?.message).toBe("websocket: bad opcode 12");
    expect(readFrames(hex("81 05"), { masked: true, chunk: 1 }).error?.message).toBe("websocket: bad MASK");
  });

  test("a client refuses masked frames", () => {
    expect(readFrames(frame(0x81, "x"), { masked: false }).error?.message).toBe("websocket: bad MASK");
  });

  test("ignores what follows a close frame, or a fault", () => {
    const after = readFrames(join([frame(0x88, ""), frame(0x81, "x"), frame(0xff, "x")]), { masked: true });
    expect(after.told).toEqual([{ opcode: 8, fin: true, payload: new Uint8Array(0) }]);
    expect(after.error).toBeNull();
    expect(readFrames(join([frame(0xc1, "x"), frame(0x81, "x")]), { masked: true }).told).toEqual([]);
  });

  test("takes control frames between fragments", () => {
    const bytes = join([frame(0x01, "He"), frame(0x89, "p"), frame(0x00, "l"), frame(0x8a, ""), frame(0x80, "lo")]);
    for (const chunk of sizes) {
      expect(readFrames(bytes, { masked: true, chunk }).told.map(({ opcode, fin }) => [opcode, fin])).toEqual([
        [1, false],
        [9, true],
        [0, false],
        [10, true],
        [0, true],
      ]);
    }
  });

  describe("limits messages", () => {
    test("lets a message of exactly the limit pass, with control frames in between", () => {
      const bytes = join([frame(0x01, "1234"), frame(0x8a, "pong"), frame(0x80, "56"), frame(0x82, "123456")]);
      expect(readFrames(bytes, { masked: true, max: 6 }).error).toBeNull();
    });
    test.each([
      ["in one frame", frame(0x82, "1234567")],
      ["over its frames", join([frame(0x02, "1234"), frame(0x80, "567")])],
      ["of 2^32 bytes, announced", hex("82 ff 00 00 00 01 00 00 00 00 00 00 00 00")],
      ["of 2^63 bytes, announced", hex("82 ff 80 00 00 00 00 00 00 00 00 00 00 00")],
      ["of 2^64 - 1 bytes, announced", hex("82 ff ff ff ff ff ff ff ff ff 00 00 00 00")],
      ["that a sum could overflow", join([frame(0x02, "12"), hex("80 ff 7f ff ff ff ff ff ff ff 00 00 00 00")])],
    ])("refuses one that is larger, %s", (_, bytes) => {
      for (const chunk of sizes) {
        const { error } = readFrames(bytes, { masked: true, max: 6, chunk });
        expect(error).toMatchObject({ message: "websocket: read limit exceeded", closeCode: 1009, code: "ERR_LIMIT" });
      }
    });
    test("without a limit refuses only what no number counts", () => {
      expect(readFrames(hex("82 ff 00 1f ff ff ff ff ff ff 00 00 00 00"), { masked: true }).error).toBeNull();
      expect(readFrames(hex("82 ff 00 20 00 00 00 00 00 00 00 00 00 00"), { masked: true }).error?.closeCode).toBe(
        1009,
      );
    });
    test("a limit that changes holds from the next frame on", () => {
      const recorder = new Recorder();
      const reader = new FrameReader({ masked: true, maxMessageBytes: Number.POSITIVE_INFINITY }, recorder);
      reader.push(frame(0x82, "1234567"));
      reader.maxMessageBytes = 6;
      reader.push(frame(0x82, "1234567"));
      expect(recorder.told).toHaveLength(1);
      expect(recorder.error?.closeCode).toBe(1009);
    });
  });

  test("never throws, whatever comes, and tells the same however it is cut", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        (bytes, masked, chunk) => {
          const whole = readFrames(bytes, { masked, max: 1000 });
          const cut = readFrames(bytes, { masked, max: 1000, chunk });
          expect(cut.told).toEqual(whole.told);
          expect(cut.error?.message).toBe(whole.error?.message);
        },
      ),
      { numRuns: 500 },
    );
  });
});
