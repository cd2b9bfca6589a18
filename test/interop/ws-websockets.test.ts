import * as ws from "toolkit/ws";
import { describe, expect, test } from "vitest";
import { pythonProgram, requirePython } from "../support/python.js";
import { compressed, echo, exchange, kept, meetClient, serving, sizes, windows } from "./ws-meet.js";

/** What one end of interop/python/websockets_peer.py has seen. */
interface Report {
  subprotocol: string;
  extensions: string[];
  code: number;
  text: string;
  checked: number;
  wrong: string[];
  messages: string[];
  pongs: string[];
}

const python = requirePython("websockets");

describe.skipIf(python === undefined)("Python's websockets (skipped unless some Python has it)", () => {
  const peer = pythonProgram(python, "websockets_peer.py");

  describe.each<[string, string[], ws.DialOptions, RegExp]>([
    ["without compression", [], {}, /^$/],
    ["which has no compression, to our offer", [], compressed, /^$/],
    ["with compression", ["--compress"], kept, /remote_no_context_takeover=False.*local_no_context_takeover=False/],
    ["with no contexts kept", ["--compress", "--alone"], kept, /remote_no_context_takeover=True/],
    ["with contexts that we do not keep", ["--compress"], compressed, /local_no_context_takeover=True/],
    [
      "with windows of 10 bits",
      ["--compress", "--bits", "10"],
      kept,
      /remote_max_window_bits=10.*local_max_window_bits=10/,
    ],
    [
      "with windows of 10 bits that we ask for",
      ["--compress"],
      windows(10),
      /remote_max_window_bits=10.*local_max_window_bits=10/,
    ],
    ["with windows of 9 bits, contexts not kept", ["--compress", "--alone", "--bits", "9"], compressed, /bits=9/],
  ])("as a server, %s", (_, flags, options, agreed) => {
    const server = serving([...peer, "server", ...flags]);
    const dial = (path: string) => ws.dial(`ws://${server().address}${path}`, options);

    test.each(["/echo", "/fragments?size=1000"])("gives back every message, by %s", async (path) => {
      await exchange(await dial(path));
      const { code, extensions } = await server().report<Report>();
      expect(code).toBe(1000);
      expect(extensions.join()).toMatch(agreed);
    });

    test("pings, and has its pong", async () => {
      const conn = await dial("/ping?data=payload");
      expect((await conn.readMessage()).text()).toBe("ponged payload");
      expect(await conn.ping("ours")).toBeGreaterThanOrEqual(0);
      conn.close(4000, "enough");
      await conn.closed;
      expect(await server().report<Report>()).toMatchObject({ code: 4000, text: "enough" });
    });

    test.each([
      [1000, "bye"],
      [1001, ""],
      [1011, "é".repeat(61)],
      [4999, "private"],
    ])("closes with %i", async (code, why) => {
      const conn = await dial(`/close?code=${code}&text=${encodeURIComponent(why)}`);
      await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: code, text: why });
      await conn.closed;
      expect(await server().report<Report>()).toMatchObject({ code });
    });
  });

  describe("as a server", () => {
    const server = serving([...peer, "server", "--subprotocols", "b,a"]);
    test("chooses a subprotocol", async () => {
      const conn = await ws.dial(`ws://${server().address}/echo`, { subprotocols: ["c", "a"] });
      expect(conn.subprotocol).toBe("a");
      conn.close();
      await conn.closed;
      expect(await server().report<Report>()).toMatchObject({ subprotocol: "a", code: 1000 });
    });
  });

  const client = (flags: string[], ...scenario: string[]) => [...peer, "client", ...flags, "URL", ...scenario];

  test.each<[string, string[], ws.ListenOptions, RegExp]>([
    ["without compression", [], {}, /^$/],
    ["with compression that we do not have", ["--compress"], {}, /^$/],
    ["with compression", ["--compress"], kept, /remote_no_context_takeover=False.*local_no_context_takeover=False/],
    [
      "with no contexts kept",
      ["--compress", "--alone"],
      kept,
      /remote_no_context_takeover=True.*local_no_context_takeover=True/,
    ],
    ["with contexts that we do not keep", ["--compress"], compressed, /remote_no_context_takeover=True/],
    ["with windows of 10 bits", ["--compress", "--bits", "10"], kept, /remote_max_window_bits=10/],
    [
      "with windows of 10 bits that we want",
      ["--compress"],
      windows(10),
      /remote_max_window_bits=10.*local_max_window_bits=10/,
    ],
    ["with windows of 9 bits, contexts not kept", ["--compress", "--alone", "--bits", "9"], compressed, /bits=9/],
  ])("as a client gets every message back, %s", async (_, flags, options, agreed) => {
    const seen = await meetClient<Report>(client(flags, "echo"), echo, options);
    expect(seen).toMatchObject({ wrong: [], checked: sizes.length * 4, code: 1000 });
    expect(seen.extensions.join()).toMatch(agreed);
  });

  test("as a client agrees on a subprotocol", async () => {
    const command = client(["--subprotocols", "c,b,a"], "close", "1000", "");
    expect((await meetClient<Report>(command, echo, { subprotocols: ["a", "b"] })).subprotocol).toBe("b");
  });

  test("as a client has its pongs, and answers our pings", async () => {
    const pings = ["one", "two", "é".repeat(62)];
    const behave = async (conn: ws.Conn) => {
      expect(await conn.ping("ours")).toBeGreaterThanOrEqual(0);
      await echo(conn);
    };
    expect((await meetClient<Report>(client([], "ping", ...pings), behave)).pongs).toEqual(pings);
  });

  test.each([
    [1000, "bye"],
    [1001, ""],
    [3999, "é".repeat(61)],
  ])("as a client closes with %i, and sees our code", async (code, why) => {
    const readsClose = (conn: ws.Conn) =>
      expect(conn.readMessage()).rejects.toMatchObject({ closeCode: code, text: why });
    const theirs = await meetClient<Report>(client([], "close", String(code), why), readsClose);
    expect(theirs).toMatchObject({ code });
    const ours = await meetClient<Report>(client([], "collect"), async (conn) => {
      await conn.writeMessage(ws.TextMessage, "hello");
      conn.close(code, why);
    });
    expect(ours).toMatchObject({ code, text: why, messages: ["hello"] });
  });
});
