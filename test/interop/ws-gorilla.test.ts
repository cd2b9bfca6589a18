import * as ws from "toolkit/ws";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { reasonOf } from "../support/bytes.js";
import { goProgram, outcomeOf, Program } from "../support/programs.js";
import { requireTool } from "../support/tools.js";
import { echo, exchange, meetClient, sizes, text } from "./ws-meet.js";

const go = requireTool("go");
const program = goProgram(go, "gorilla");

/** What one of the Go program's ends has seen. */
interface Report {
  path: string;
  status: number;
  subprotocol: string;
  extensions: string;
  error: string;
  code: number;
  text: string;
  messages: string[] | null;
  pings: string[] | null;
  pongs: string[] | null;
  checked: number;
  wrong: string[] | null;
  read: number;
  written: number;
}

describe.skipIf(go === undefined)("gorilla/websocket as a server (skipped unless go is on PATH)", () => {
  let server: Program;
  beforeAll(async () => {
    server = await Program.start(program(), "server");
  });
  afterAll(() => server.stop());

  const dial = (path: string, options: ws.DialOptions = {}) => ws.dial(`ws://${server.address}${path}`, options);
  const report = () => server.report<Report>();

  for (const compress of [false, true]) {
    describe(compress ? "with compression" : "without compression", () => {
      const query = compress ? "&compress=1" : "";
      const options: ws.DialOptions = compress ? { enableCompression: true } : {};

      test.each(["message", "stream", "prepared", "mixed"])("echoes every size, sent as its %s does", async (style) => {
        const conn = await dial(`/echo?style=${style}${query}`, options);
        await exchange(conn);
        const { code, extensions, read, written } = await report();
        expect(code).toBe(1000);
        expect(extensions.includes("permessage-deflate")).toBe(compress);
        const sent = sizes.reduce((sum, n) => sum + 2 * n, 0);
        expect(read < sent / 2).toBe(compress);
        if (style !== "mixed") expect(written < sent / 2).toBe(compress);
      });

      test("sends in fragments of its buffer, with our pings and its own between them", async () => {
        const conn = await dial(`/ping?buffer=200&data=one&data=two&data=${"z".repeat(125)}${query}`, options);
        const pings: string[] = [];
        conn.setPingHandler((data) => {
          pings.push(new TextDecoder().decode(data));
          return conn.writeControl(ws.PongMessage, data);
        });
        const message = await conn.readMessage();
        expect(message.text()).toBe("x".repeat(1200));
        expect(pings).toEqual(["one", "two", "z".repeat(125)]);
        expect(await conn.ping("mine")).toBeGreaterThanOrEqual(0);
        expect(await conn.ping()).toBeGreaterThanOrEqual(0);
        conn.close(4000, "enough");
        await conn.closed;
        const seen = await report();
        expect(seen).toMatchObject({ code: 4000, text: "enough", pongs: pings });
        expect(seen.pings?.[0]).toBe("mine");
        expect(seen.pings).toHaveLength(2);
      });

      test("and we exchange JSON", async () => {
        const conn = await dial(`/echo?style=json${query}`, options);
        for (const value of [null, true, 1.5, "grüße, 世界", [1, [2, []]], { a: { b: "x".repeat(1000) } }]) {
          await conn.writeJSON(value);
          expect(await conn.readJSON()).toEqual(value);
        }
        conn.close();
        await conn.closed;
        expect((await report()).code).toBe(1000);
      });

      test("is told when a message of ours is too large for it, and tells us", async () => {
        const conn = await dial(`/limit?bytes=1000${query}`, options);
        await conn.writeMessage(ws.BinaryMessage, new Uint8Array(1000));
        await conn.writeMessage(ws.BinaryMessage, crypto.getRandomValues(new Uint8Array(2000)));
        await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1009 });
        await conn.closed;
        const { error, messages } = await report();
        expect(error).toBe("websocket: read limit exceeded");
        expect(messages?.map((message) => message.length)).toEqual([1000]);
      });
    });
  }

  test.each<[string, ws.DialOptions, string]>([
    ["its fastest level", { enableCompression: { level: 1 } }, "level=9"],
    ["our best level", { enableCompression: { level: 9 } }, "level=1"],
    ["Huffman codes alone", { enableCompression: { level: -2 } }, "level=-2"],
    ["no level", { enableCompression: { level: 0 } }, "level=0"],
    ["every message compressed", { enableCompression: { thresholdBytes: 0 } }, "level=1"],
    ["no message compressed", { enableCompression: { thresholdBytes: 1 << 24 } }, "level=1"],
    ["contexts that it does not keep", { enableCompression: { contextTakeover: true } }, "level=1"],
    ["our smallest window", { enableCompression: { windowBits: 9 } }, "level=1"],
    ["our window, of which it does not speak", { enableCompression: { windowBits: 10 } }, "level=9"],
  ])("agrees on compression, with %s", async (_, options, level) => {
    const conn = await dial(`/echo?style=message&compress=1&${level}`, options);
    await exchange(conn);
    expect((await report()).extensions).toContain("permessage-deflate");
  });

  test("ignores the window that we ask for, and so there is no conn", async () => {
    const options = { enableCompression: { peerWindowBits: 10 } };
    await expect(dial("/echo?style=message&compress=1", options)).rejects.toBeInstanceOf(ws.BadHandshakeError);
    expect((await report()).extensions).toContain("server_max_window_bits=10");
  });

  test("chooses a subprotocol", async () => {
    const conn = await dial("/echo?style=message&subprotocols=b,a", { subprotocols: ["a", "b"] });
    expect(conn.subprotocol).toMatch(/^[ab]$/);
    conn.close();
    await conn.closed;
    expect((await report()).subprotocol).toBe(conn.subprotocol);
  });

  test("declines compression, and we go on without", async () => {
    const conn = await dial("/echo?style=message", { enableCompression: true });
    await conn.writeMessage(ws.TextMessage, text(10_000));
    expect((await conn.readMessage()).text()).toBe(text(10_000));
    conn.close();
    await conn.closed;
    expect((await report()).read).toBeGreaterThan(10_000);
  });

  test.each([
    [1000, "bye"],
    [1001, ""],
    [1008, "policy"],
    [1011, "é".repeat(61)],
    [1012, ""],
    [1013, "later"],
    [3000, ""],
    [4999, "private"],
  ])("closes with %i, which our reads reject with, and gets the code back", async (code, why) => {
    const conn = await dial(`/close?code=${code}&text=${encodeURIComponent(why)}`);
    expect((await conn.readMessage()).text()).toBe("hello");
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: code, text: why });
    await conn.closed;
    expect(await report()).toMatchObject({ code, text: "" });
  });

  test("closes without a code", async () => {
    const conn = await dial("/close?code=1005");
    expect((await conn.readMessage()).text()).toBe("hello");
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1005 });
    await conn.closed;
    expect((await report()).code).toBe(1005);
  });

  test("leaves without a close message, which is 1006", async () => {
    const conn = await dial("/leave");
    await conn.writeMessage(ws.TextMessage, "go");
    await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1006 });
    await conn.closed;
    await report();
  });

  test("refuses: its status and its body are ours to see", async () => {
    await expect(dial("/nowhere")).rejects.toMatchObject({ name: "BadHandshakeError", status: 404 });
    const err = await reasonOf(dial("/echo", { headers: { Origin: "http://elsewhere.example" } }));
    expect(err).toMatchObject({ name: "BadHandshakeError", status: 403 });
    expect(new TextDecoder().decode((err as ws.BadHandshakeError).body)).toBe("Forbidden\n");
    expect((await report()).error).toBe("websocket: request origin not allowed by Upgrader.CheckOrigin");
  });
});

describe.skipIf(go === undefined)("gorilla/websocket as a client (skipped unless go is on PATH)", () => {
  /** Lets the Go client run against a conn of ours, for which `behave` cares. */
  const meet = (
    behave: (conn: ws.Conn) => Promise<unknown>,
    [flags, ...scenario]: [string[], ...string[]],
    options: ws.ListenOptions = {},
  ) => meetClient<Report>([program(), "client", ...flags, "URL", ...scenario], behave, options);

  for (const compress of [false, true]) {
    describe(compress ? "with compression" : "without compression", () => {
      const flags = compress ? ["-compress"] : [];
      const options: ws.ListenOptions = compress ? { enableCompression: true } : {};

      test.each([0, 100, 65_536])("gets back every message, in fragments of %i bytes", async (buffer) => {
        const seen = await meet(echo, [[...flags, "-buffer", String(buffer)], "echo", ...sizes.map(String)], options);
        expect(seen).toMatchObject({ status: 101, wrong: null, checked: sizes.length * 8, code: 1000 });
        expect(seen.extensions.includes("permessage-deflate")).toBe(compress);
        const sent = sizes.reduce((sum, n) => sum + 8 * n, 0);
        expect(seen.read < sent / 2).toBe(compress);
      });

      test("gets its JSON back", async () => {
        const values = ['"grüße"', "[1,2.5,null]", `{"a":"${"x".repeat(1000)}"}`];
        const seen = await meet(
          async (conn) => {
            for (const _ of values) await conn.writeJSON(await conn.readJSON());
            await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
          },
          [flags, "json", ...values],
          options,
        );
        expect(seen.messages).toEqual(["grüße", "[1 2.5 <nil>]", `map[a:${"x".repeat(1000)}]`]);
      });

      test("reads what we prepare, stream and print as JSON", async () => {
        const prepared = new ws.PreparedMessage(ws.TextMessage, text(1000));
        const seen = await meet(
          async (conn) => {
            await conn.writePreparedMessage(prepared);
            const writer = await conn.nextWriter(ws.TextMessage);
            for (let i = 0; i < 10; i++) {
              await writer.write(`part ${i} `);
              await conn.writeControl(ws.PingMessage, `ping ${i}`);
            }
            await writer.close();
            await conn.writePreparedMessage(prepared);
            await conn.writeJSON({ grüße: [1, null] });
            conn.close(1000, "read all");
          },
          [flags, "collect"],
          options,
        );
        const parts = Array.from({ length: 10 }, (_, i) => `part ${i} `).join("");
        expect(seen.messages).toEqual([text(1000), parts, text(1000), '{"grüße":[1,null]}']);
        expect(seen.pings).toEqual(Array.from({ length: 10 }, (_, i) => `ping ${i}`));
        expect(seen).toMatchObject({ code: 1000, text: "read all" });
      });

      test("breaks off in the middle of a message", async () => {
        await meet(
          (conn) => expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1006 }),
          [flags, "vanish"],
          options,
        );
      });
    });
  }

  test("offers compression to a server that has none", async () => {
    const seen = await meet(echo, [["-compress"], "echo", "1000"]);
    expect(seen).toMatchObject({ extensions: "", wrong: null, checked: 8 });
  });

  test("agrees on a subprotocol", async () => {
    const seen = await meet(echo, [["-subprotocols", "c,b,a"], "close", "1000", ""], { subprotocols: ["a", "b"] });
    expect(seen.subprotocol).toBe("b");
  });

  test("gets its pongs in order, and answers our pings", async () => {
    const pings = ["one", "two", "é".repeat(62), ""];
    const seen = await meet(
      async (conn) => {
        const round = conn.ping("ours");
        await echo(conn);
        await round.catch(() => {});
      },
      [[], "ping", ...pings],
    );
    expect(seen.pongs).toEqual(pings);

    const other = await meet(
      async (conn) => {
        for (const data of ["", "p".repeat(125)]) expect(await conn.ping(data)).toBeGreaterThanOrEqual(0);
        conn.close(1001, "done");
      },
      [[], "collect"],
    );
    expect(other).toMatchObject({ code: 1001, text: "done", pings: ["", "p".repeat(125)] });
  });

  test.each([
    [1000, "bye"],
    [1001, ""],
    [1011, "é".repeat(61)],
    [3999, "library"],
    [4000, ""],
  ])("closes with %i, and sees our code when we close", async (code, why) => {
    const theirs = await meet(
      (conn) => expect(conn.readMessage()).rejects.toMatchObject({ closeCode: code, text: why }),
      [[], "close", String(code), why],
    );
    expect(theirs.code).toBe(code);
    const ours = await meet(async (conn) => conn.close(code, why), [[], "collect"]);
    expect(ours).toMatchObject({ code, text: why });
  });

  test("closes without a code, and so do we", async () => {
    const theirs = await meet(
      (conn) => expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1005 }),
      [[], "close", "1005", ""],
    );
    expect(theirs.code).toBe(1005);
    expect(await meet(async (conn) => conn.close(1005), [[], "collect"])).toMatchObject({ code: 1005 });
  });

  test("is refused, for its path or for its origin", async () => {
    const listener = await ws.listen("127.0.0.1:0", { path: "/here" });
    onTestFinished(() => listener.close());
    const at = (path: string, ...flags: string[]) =>
      outcomeOf<Report>(program(), "client", ...flags, listener.addr.toString().replace("/here", path), "collect");
    expect(await at("/there")).toMatchObject({ status: 404, error: "websocket: bad handshake" });
    expect(await at("/here", "-origin", "http://elsewhere.example")).toMatchObject({ status: 403 });
  });
});
