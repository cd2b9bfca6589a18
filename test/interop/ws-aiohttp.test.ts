import * as ws from "toolkit/ws";
import { describe, expect, test } from "vitest";
import { pythonProgram, requirePython } from "../support/python.js";
import { compressed, echo, exchange, kept, meetClient, serving, sizes, windows } from "./ws-meet.js";

/** What one end of interop/python/aiohttp_peer.py has seen. */
interface Report {
  subprotocol: string;
  compress: number | false;
  code: number;
  text: string;
  checked: number;
  wrong: string[];
  messages: string[];
  pongs: string[];
}

const python = requirePython("aiohttp");

describe.skipIf(python === undefined)("aiohttp (skipped unless some Python has it)", () => {
  const peer = pythonProgram(python, "aiohttp_peer.py");

  describe.each<[string, string[], ws.DialOptions, boolean]>([
    ["without compression", [], {}, false],
    ["with compression", ["--compress"], kept, true],
    ["with contexts that we do not keep", ["--compress"], compressed, true],
    ["with a window of ours", ["--compress"], { enableCompression: { windowBits: 10, contextTakeover: true } }, true],
  ])("as a server, %s", (_, flags, options, compresses) => {
    const server = serving([...peer, "server", ...flags]);
    const dial = (path: string) => ws.dial(`ws://${server().address}${path}`, options);

    test("gives back every message", async () => {
      await exchange(await dial("/echo"));
      const { code, compress } = await server().report<Report>();
      expect(code).toBe(1000);
      expect(Boolean(compress)).toBe(compresses);
    });

    test("answers pings", async () => {
      const conn = await dial("/echo");
      for (const data of ["", "p".repeat(125)]) expect(await conn.ping(data)).toBeGreaterThanOrEqual(0);
      conn.close(4000, "enough");
      await conn.closed;
      expect(await server().report<Report>()).toMatchObject({ code: 4000, text: "enough" });
    });

    test.each([
      [1000, "bye"],
      [1011, "é".repeat(61)],
      [4999, ""],
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

  test.each<[string, string[], ws.ListenOptions, number]>([
    ["without compression", [], {}, 0],
    ["with compression that we do not have", ["--compress"], {}, 0],
    ["with compression", ["--compress"], kept, 15],
    ["with contexts that we do not keep", ["--compress"], compressed, 15],
    ["with our window of 10 bits", ["--compress", "--bits", "10"], kept, 15],
    ["with our window of 9 bits, contexts not kept", ["--compress", "--bits", "9"], compressed, 15],
    ["with windows of 10 bits that we want", ["--compress"], windows(10), 10],
  ])("as a client gets every message back, %s", async (_, flags, options, itsBits) => {
    const seen = await meetClient<Report>(client(flags, "echo"), echo, options);
    expect(seen).toMatchObject({ wrong: [], checked: sizes.length * 2, code: 1000, compress: itsBits });
  });

  test("as a client agrees on a subprotocol", async () => {
    const command = client(["--subprotocols", "c,b,a"], "close", "1000", "");
    expect((await meetClient<Report>(command, echo, { subprotocols: ["a", "b"] })).subprotocol).toBe("b");
  });

  test("as a client has its pongs, and answers our pings", async () => {
    const pings = ["one", "two", "é".repeat(62)];
    expect((await meetClient<Report>(client([], "ping", ...pings), echo)).pongs).toEqual(pings);
    await meetClient<Report>(client([], "collect"), async (conn) => {
      expect(await conn.ping("ours")).toBeGreaterThanOrEqual(0);
      conn.close();
    });
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
