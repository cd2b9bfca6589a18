import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ws from "toolkit/ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonLines, start, toolkit } from "./running.js";

/** What the server says to a conn, by the first message. */
const scripts: Readonly<Record<string, (conn: ws.Conn) => Promise<void>>> = {
  "close 4000": async (conn) => conn.close(4000, "no\u001b more"),
  "close 1001": async (conn) => conn.close(1001),
  vanish: async (conn) => conn.closeNow(),
  binary: (conn) => conn.writeMessage(ws.BinaryMessage, Uint8Array.of(0, 1, 0x41)),
  escape: (conn) => conn.writeMessage(ws.TextMessage, "\u001b[2Jx"),
  ping: async (conn) => void (await conn.ping("are you there")),
  pong: (conn) => conn.writeControl(ws.PongMessage, "by the way"),
};

let listener: ws.WSListener;
let url = "";
const closes: number[] = [];
let folder = "";

async function serve(conn: ws.Conn): Promise<void> {
  try {
    for (;;) {
      const { type, data } = await conn.readMessage();
      const script = scripts[Buffer.from(data).toString()];
      if (script === undefined) await conn.writeMessage(type, data);
      else void script(conn).catch(() => {});
    }
  } catch (err) {
    if (err instanceof ws.CloseError) closes.push(err.closeCode);
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cli-"));
  listener = await ws.listen("127.0.0.1:0", { subprotocols: ["chat"] });
  url = listener.addr.toString();
  void (async () => {
    for await (const conn of listener) void serve(conn);
  })();
});
afterAll(async () => {
  await listener.shutdown();
  await rm(folder, { recursive: true });
});

describe("without a terminal", () => {
  test("sends the lines of stdin, prints what comes, and closes", async () => {
    closes.length = 0;
    const outcome = await toolkit(["ws", url, "--wait", "100ms"], { input: "hello\r\n/ping\nwörld" });
    expect(outcome).toEqual({ code: 0, out: "hello\n/ping\nwörld\n", err: "" });
    expect(closes).toEqual([1000]);
  });

  test("prints texts as they are, and binary messages as dumps", async () => {
    const { out } = await toolkit(["ws", url, "--wait", "100ms"], { input: "escape\nbinary\n" });
    expect(out).toBe(
      "\u001b[2Jx\nbinary, 3 bytes\n00000000  00 01 41                                          |..A|\n",
    );
  });

  test("with --json prints every event", async () => {
    const running = start(["ws", url, "--json", "--subprotocol", "chat", "--wait", "0s"]);
    running.stdin.write("hello\nbinary\nping\npong\n");
    await running.prints(/way|pong/);
    await running.prints(/"ping"/);
    await running.prints(/"message".*\n.*"message"/);
    running.stdin.end();
    expect(await running.exit).toBe(0);
    const events = jsonLines(running.out);
    expect(events[0]).toEqual({ event: "open", url, subprotocol: "chat" });
    expect(events).toContainEqual({ event: "message", type: "text", data: "hello" });
    expect(events).toContainEqual({ event: "message", type: "binary", data: { $bytes: "AAFB" } });
    expect(events).toContainEqual({ event: "ping", data: { $bytes: btoa("are you there") } });
    expect(events).toContainEqual({ event: "pong", data: { $bytes: btoa("by the way") } });
    expect(events.at(-1)).toEqual({ event: "close", code: 1000, reason: "" });
  });

  test.each([
    ["close 1001", 0, ""],
    ["close 4000", 1, "toolkit: websocket: close 4000: no\\x1b more\n"],
    ["vanish", 5, "toolkit: websocket: close 1006 (abnormal closure): unexpected EOF\n"],
  ])("%s of the peer ends it at once with %i", async (line, exit, words) => {
    const running = start(["ws", url]);
    running.stdin.write(`${line}\n`); // and does not end
    const code = await running.exit;
    expect({ code, err: running.err }).toEqual({ code: exit, err: words });
  });

  test("a handshake that is refused is 1, no server 3", async () => {
    expect(await toolkit(["ws", `${url}nope`])).toMatchObject({
      code: 1,
      err: expect.stringContaining("status 404") as string,
    });
    expect(await toolkit(["ws", "ws://127.0.0.1:1"])).toMatchObject({ code: 3 });
  });

  test("Ctrl-C closes, and is 130", async () => {
    closes.length = 0;
    const running = start(["ws", url, "--json"]);
    await running.prints(/open/);
    running.interrupt();
    expect(await running.exit).toBe(130);
    await expect.poll(() => closes).toEqual([1000]);
  });
});

describe("on a terminal", () => {
  test("is a conversation: texts, pings, bytes, files, history", async () => {
    const file = join(folder, "bytes.bin");
    await writeFile(file, Uint8Array.of(0xde, 0xad));
    const running = start(["ws", url], { isTerminal: true });
    await running.prints(/connected to .*\n/);
    running.stdin.write("hello\r");
    await running.prints(/< hello/);
    running.stdin.write("//slash\r");
    await running.prints(/< \/slash/);
    running.stdin.write("/ping marco\r");
    await running.prints(/< pong marco after [\d.]+ ms/);
    running.stdin.write("/binary 00 ff\r");
    await running.prints(/< binary, 2 bytes\n00000000 {2}00 ff/);
    running.stdin.write(`/binary @${file}\r`);
    await running.prints(/de ad/);
    running.stdin.write("/binary @/nope\r");
    await running.prints(/ENOENT/);
    running.stdin.write("/nope\r");
    await running.prints(/there is no \/nope/);
    running.stdin.write("/help\r");
    await running.prints(/\/close \[code/);
    running.stdin.write("ping\r");
    await running.prints(/< ping are you there/);
    running.stdin.write("escape\r");
    await running.prints(/< \\x1b\[2Jx/);
    running.stdin.write("\u001b[A\u001b[A\u001b[A\u001b[A\u001b[A\u001b[A\u001b[A\u001b[A\u001b[A!\r"); // up, up, …
    await running.prints(/< \/slash!|< hello!/);
    running.stdin.write("/close 4001 bye\r");
    expect(await running.exit).toBe(0);
    expect(closes.at(-1)).toBe(4001);
  });

  test("Ctrl-D closes, and is 0", async () => {
    const running = start(["ws", url], { isTerminal: true });
    await running.prints(/connected/); // what is typed early counts too
    running.stdin.write("\u0004");
    expect(await running.exit).toBe(0);
    expect(closes.at(-1)).toBe(1000);
  });

  test("Ctrl-C is 130, and the peer's close ends it too", async () => {
    const interrupted = start(["ws", url], { isTerminal: true });
    await interrupted.prints(/Ctrl-D/);
    interrupted.stdin.write("\u0003");
    expect(await interrupted.exit).toBe(130);
    const closed = start(["ws", url], { isTerminal: true });
    await closed.prints(/Ctrl-D/);
    closed.stdin.write("close 4000\r");
    expect(await closed.exit).toBe(1);
    expect(closed.out).toContain("< close 4000 no\\x1b more");
  });
});
