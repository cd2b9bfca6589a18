import { describe, expect, test } from "vitest";
import { parseCall } from "../../src/cli/call/options.js";
import { parseBytes, parseDuration, parsePairs } from "../../src/cli/flags.js";
import { parseGob } from "../../src/cli/gob/command.js";
import { parseListen } from "../../src/cli/listen/options.js";
import { parseTarget } from "../../src/cli/target.js";
import { UsageError } from "../../src/cli/usage-error.js";
import { parseLine } from "../../src/cli/ws/line.js";
import { parseWS } from "../../src/cli/ws/options.js";

const all = ["tcp", "tls", "unix", "udp", "ws", "wss", "http", "https"] as const;

describe("addresses", () => {
  test.each([
    ["tcp://localhost:80", "tcp", "localhost:80", ""],
    ["tcp://:80/", "tcp", ":80", "/"],
    ["tls://[::1]:443", "tls", "[::1]:443", ""],
    ["udp://127.0.0.1:0", "udp", "127.0.0.1:0", ""],
    ["unix:/run/x.sock", "unix", "/run/x.sock", ""],
    ["unix:///run/x.sock", "unix", "/run/x.sock", ""],
    ["unix:x.sock", "unix", "x.sock", ""],
    ["unix:@name", "unix", "@name", ""],
    ["ws://localhost", "ws", "localhost:80", ""],
    ["ws://:8080/chat?a=b", "ws", ":8080", "/chat?a=b"],
    ["wss://[::1]/x", "wss", "[::1]:443", "/x"],
    ["http://localhost:1234", "http", "localhost:1234", ""],
    ["https://localhost/rpc", "https", "localhost:443", "/rpc"],
  ])("%s", (url, scheme, address, path) => {
    expect(parseTarget(url, all)).toEqual({
      scheme,
      address,
      path: scheme.length === 3 && path === "/" ? "" : path,
      url,
    });
  });

  test.each([
    "",
    "localhost:80",
    "ftp://localhost:80",
    "tcp:localhost:80",
    "tcp://localhost",
    "tcp://localhost:",
    "tcp://::1:80",
    "tcp://localhost:80/path",
    "unix:",
    "unix://",
    "TCP://localhost:80",
    "ws:/x",
  ])("%j is none", (url) => {
    expect(() => parseTarget(url, all)).toThrow(UsageError);
  });

  test("of a scheme that a command does not know are refused, and it says which there are", () => {
    expect(() => parseTarget("udp://x:1", ["tcp", "unix", "ws"])).toThrow(
      "give tcp://host:port, unix:/path, ws://host/path",
    );
  });
});

describe("values of flags", () => {
  test.each([
    ["500ms", 500],
    ["1.5s", 1500],
    ["2m", 120_000],
    ["1h", 3_600_000],
    ["0s", 0],
  ])("a time of %s", (text, ms) => {
    expect(parseDuration("timeout", text)).toBe(ms);
  });

  test.each(["", "5", "5 s", "-1s", "1d", "s", "1e3s", "1000h"])("%j is no time", (text) => {
    expect(() => parseDuration("timeout", text)).toThrow(UsageError);
  });

  test.each([
    ["10", 10],
    ["10B", 10],
    ["64KiB", 65_536],
    ["32MiB", 33_554_432],
    ["1GiB", 2 ** 30],
  ])("a size of %s", (text, bytes) => {
    expect(parseBytes("max-bytes", text)).toBe(bytes);
  });

  test.each(["", "KiB", "1KB", "-1", "1.5MiB", "3GiB"])("%j is no size", (text) => {
    expect(() => parseBytes("max-bytes", text)).toThrow(UsageError);
  });

  test("pairs are split at the first separator", () => {
    expect(parsePairs("meta", ["a=b=c", "d="], "=")).toEqual([
      ["a", "b=c"],
      ["d", ""],
    ]);
    expect(parsePairs("header", ["Origin: http://x"], ":")).toEqual([["Origin", "http://x"]]);
    for (const text of ["a", "=b", ""]) expect(() => parsePairs("meta", [text], "=")).toThrow(UsageError);
  });
});

describe("command lines", () => {
  test("call: codecs follow the scheme, and flags may stand anywhere", () => {
    expect(parseCall(["tcp://h:1", "A.B"])).toMatchObject({ codec: "msgpack", kind: "call", args: "{}", meta: {} });
    expect(parseCall(["http://h:1", "A.B"])).toMatchObject({ codec: "gob" });
    expect(
      parseCall(["--codec", "jsonrpc2", "tcp://h:1", "-m", "a=1", "A.B", "[1]", "--meta=b=2", "--positional"]),
    ).toMatchObject({ codec: "jsonrpc2", meta: { a: "1", b: "2" }, args: "[1]", isPositional: true });
    expect(parseCall(["tcp://h:1", "A.B", "--", "-5"]).args).toBe("-5");
  });

  test.each([
    ["URL is missing", []],
    ["METHOD is missing", ["tcp://h:1"]],
    ["Unexpected argument 'x'", ["tcp://h:1", "A.B", "1", "x"]],
    ["Unknown option '--foo'", ["tcp://h:1", "A.B", "--foo"]],
    ["--codec xml: there are msgpack, gob, jsonrpc, jsonrpc2", ["tcp://h:1", "A.B", "--codec", "xml"]],
    ["--stream and --notify exclude each other", ["tcp://h:1", "A.B", "--stream", "--notify"]],
    ["--positional is for --codec jsonrpc2", ["tcp://h:1", "A.B", "--positional"]],
    ["--header is for ws and wss: tcp sends none", ["tcp://h:1", "A.B", "-H", "a: b"]],
  ])("call: %s", (message, words) => {
    expect(() => parseCall(words)).toThrow(new UsageError(message));
  });

  test("ws, listen and gob have defaults", () => {
    expect(parseWS(["ws://h"])).toMatchObject({ url: "ws://h", subprotocols: [], waitMs: 1000, timeoutMs: 30_000 });
    expect(parseListen(["tcp://:0"])).toMatchObject({ does: "print", once: false });
    expect(parseListen(["ws://:0", "--echo", "--once"])).toMatchObject({ does: "echo", once: true });
    expect(parseGob(["-"])).toEqual({ file: "-", maxBytes: 33_554_432 });
  });

  test("listen asks for a certificate where one is needed, and for one kind of output", () => {
    expect(() => parseListen(["tls://:0"])).toThrow("tls needs a certificate");
    expect(() => parseListen(["tcp://:0", "--raw", "--json"])).toThrow("--raw goes with neither");
  });
});

describe("lines of a conversation", () => {
  test.each([
    ["hello", { kind: "text", text: "hello" }],
    ["", { kind: "text", text: "" }],
    ["//ping", { kind: "text", text: "/ping" }],
    ["/ping", { kind: "ping", text: "" }],
    ["/ping a b", { kind: "ping", text: "a b" }],
    ["/close", { kind: "close", code: 1000, reason: "" }],
    ["/close 4001 good bye", { kind: "close", code: 4001, reason: "good bye" }],
    ["/binary 00 ff0A", { kind: "binary", bytes: Uint8Array.of(0, 255, 10) }],
    ["/binary 0x00 0xff", { kind: "binary", bytes: Uint8Array.of(0, 255) }],
    ["/binary @a b.bin", { kind: "file", path: "a b.bin" }],
    ["/help", { kind: "help" }],
  ])("%j", (line, meaning) => {
    expect(parseLine(line)).toEqual(meaning);
  });

  test.each([
    "/foo",
    "/",
    "/close 1005",
    "/close 999",
    "/close bye",
    `/close 1000 ${"x".repeat(124)}`,
    "/binary 0",
    "/binary xy",
    `/ping ${"ö".repeat(63)}`,
  ])("%j is a mistake, which is explained", (line) => {
    expect(parseLine(line)).toMatchObject({ kind: "mistake", text: expect.stringMatching(/./) as string });
  });
});
