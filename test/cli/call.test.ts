import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as rpc from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import * as tls from "toolkit/tls";
import * as unix from "toolkit/unix";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Arith } from "../rpc/arith.js";
import { selfSigned } from "../support/certificate.js";
import { freshPath } from "../support/temp.js";
import { jsonLines, start, toolkit } from "./running.js";

const told: unknown[] = [];
let onTold = () => {};
let onHang = () => {};

class Probe {
  Echo(args: unknown, reply: rpc.Reply): void {
    reply.value = args;
  }
  Meta(_args: unknown, reply: rpc.Reply): void {
    reply.value = reply.call.meta;
  }
  Tell(args: unknown, _reply: rpc.Reply<null>): void {
    told.push(args);
    onTold();
  }
  async Count(args: { To: number }, reply: rpc.ReplyStream<number>): Promise<void> {
    for (let n = 1; n <= args.To; n++) await reply.send(n);
  }
  async Fail(_args: unknown, reply: rpc.ReplyStream<number>): Promise<void> {
    await reply.send(1);
    throw new rpc.ServerError("no\u001b[2J more", { code: "ERR_NO_MORE" });
  }
  async Hang(_args: unknown, reply: rpc.Reply<null>): Promise<void> {
    onHang();
    await new Promise<void>((resolve) => reply.call.signal.addEventListener("abort", () => resolve()));
    told.push("stopped");
    onTold();
  }
}

const server = new rpc.Server();
server.register(new Arith());
server.register(new Probe());
const path = freshPath();
let folder = "";
let at = "";
let secure = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cli-"));
  const { cert, key } = await selfSigned();
  await writeFile(join(folder, "cert.pem"), cert);
  const listeners = [
    await tcp.listen("127.0.0.1:0"),
    await tls.listen("127.0.0.1:0", { cert, key }),
    await unix.listen(path),
  ] as const;
  for (const listener of listeners) void server.accept(listener);
  at = listeners[0].addr.toString();
  secure = listeners[1].addr.toString();
});
afterAll(async () => {
  await server.shutdown();
  await rm(folder, { recursive: true });
});

const args = '{"A":7,"B":8}';

describe("call", () => {
  test.each(["gob", "msgpack", "jsonrpc", "jsonrpc2"])("prints the reply, over %s", async (codec) => {
    const outcome = await toolkit(["call", `tcp://${at}`, "Arith.Multiply", args, "--codec", codec]);
    expect(outcome).toEqual({ code: 0, out: "56\n", err: "" });
  });

  test("reaches servers over every transport", async () => {
    const ca = join(folder, "cert.pem");
    const lines = [
      [`http://${at}`],
      [`ws://${at}/`],
      [`unix:${path}`],
      [`tls://${secure}`, "--ca", ca],
      [`https://${secure}`, "--insecure"],
      [`wss://${secure}/`, "--ca", ca],
    ];
    for (const [url = "", ...flags] of lines) {
      const outcome = await toolkit(["call", url, "Arith.Add", args, ...flags, "--json"]);
      expect(jsonLines(outcome.out), url).toEqual([{ reply: { C: 15 }, ms: expect.any(Number) as number }]);
    }
  });

  test("reads its arguments from stdin", async () => {
    const { out } = await toolkit(["call", `tcp://${at}`, "Arith.Multiply", "-", "-c", "gob"], { input: args });
    expect(out).toBe("56\n");
  });

  test.each(["gob", "msgpack"])("loses no digits and no bytes, over %s", async (codec) => {
    const value = '{"Big":9223372036854775807,"Data":{"$bytes":"AAH/"},"Text":"x"}';
    const { out } = await toolkit(["call", `tcp://${at}`, "Probe.Echo", value, "-c", codec, "--json"]);
    expect(out).toContain(`{"reply":${value},`);
  });

  test("indents what is not short", async () => {
    const { out } = await toolkit(["call", `tcp://${at}`, "Arith.Divide", '{"A":7,"B":2}']);
    expect(out).toBe('{\n  "Quo": 3,\n  "Rem": 1\n}\n');
  });

  test("sends metadata along", async () => {
    const { out } = await toolkit(["call", `tcp://${at}`, "Probe.Meta", "-m", "a=1", "--meta", "b=2", "--json"]);
    expect(out).toContain('{"reply":{"a":"1","b":"2"},');
  });

  test("prints each reply of a stream in a line", async () => {
    const words = ["call", `tcp://${at}`, "Probe.Count", '{"To":3}', "--stream"];
    expect(await toolkit(words)).toEqual({ code: 0, out: "1\n2\n3\n", err: "" });
    const { out } = await toolkit([...words, "--json"]);
    const end = { done: true, replies: 3, ms: expect.any(Number) as number };
    expect(jsonLines(out)).toEqual([{ reply: 1 }, { reply: 2 }, { reply: 3 }, end]);
  });

  test.each(["msgpack", "jsonrpc2"])(
    "asks for no answer, and waits until the request was read, over %s",
    async (codec) => {
      const heard = new Promise<void>((resolve) => {
        onTold = resolve;
      });
      const { code, out } = await toolkit(["call", `tcp://${at}`, "Probe.Tell", args, "--notify", "-c", codec]);
      expect({ code, out }).toEqual({ code: 0, out: "" });
      await heard;
      expect(told.at(-1)).toEqual({ A: 7, B: 8 });
    },
  );
});

describe("a call that fails", () => {
  test.each([
    [1, "divide by zero", ["Arith.Divide", '{"A":1,"B":0}', "-c", "gob"]],
    [1, "rpc: can't find method Arith.Nope", ["Arith.Nope"]],
    [1, "no\\x1b[2J more", ["Probe.Fail", "--stream"]],
    [2, "rpc: codec gob has no streams", ["Probe.Count", '{"To":3}', "--stream", "-c", "gob"]],
    [4, "Probe.Hang", ["Probe.Hang", "--timeout", "30ms"]],
  ])("ends with %i and one line: %s", async (exit, message, words) => {
    const { code, err } = await toolkit(["call", `tcp://${at}`, ...words]);
    expect({ code, err }).toEqual({ code: exit, err: expect.stringMatching(/^toolkit: [^\n]+\n$/) as string });
    expect(err).toContain(message);
  });

  test("cannot connect: 3", async () => {
    const listener = await tcp.listen("127.0.0.1:0");
    listener.close();
    const { code, err } = await toolkit(["call", `tcp://${listener.addr.toString()}`, "A.B"]);
    expect({ code, err }).toEqual({
      code: 3,
      err: `toolkit: dial tcp ${listener.addr.toString()}: connect: connection refused\n`,
    });
  });

  test("a certificate that nobody vouches for: 3", async () => {
    const { code, err } = await toolkit(["call", `tls://${secure}`, "A.B"]);
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining("failed to verify certificate") as string });
  });

  test("an HTTP server without RPC there, or a WebSocket that is refused: 1", async () => {
    expect((await toolkit(["call", `http://${at}/nope`, "A.B"])).err).toContain("404 Not Found");
    expect((await toolkit(["call", `http://${at}/nope`, "A.B"])).code).toBe(1);
    const origin = ["-H", "Origin: http://elsewhere"];
    expect((await toolkit(["call", `ws://${at}/`, "Probe.Echo", ...origin])).code).toBe(1);
  });

  test("a server that hangs up: 5", async () => {
    const listener = await tcp.listen("127.0.0.1:0");
    const hungUp = listener.accept().then((conn) => conn.close());
    const { code } = await toolkit(["call", `tcp://${listener.addr.toString()}`, "A.B"]);
    await hungUp;
    listener.close();
    expect(code).toBe(5);
  });

  test("arguments that are no JSON: 2, before anything is dialled", async () => {
    const { code, err } = await toolkit(["call", "tcp://127.0.0.1:1", "A.B", "{a"]);
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/ARGS is no JSON.*See toolkit call --help/) as string,
    });
  });

  test("with --json the error is JSON on stdout", async () => {
    const { code, out, err } = await toolkit(["call", `tcp://${at}`, "Probe.Fail", "--stream", "--json"]);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(jsonLines(out)).toEqual([
      { reply: 1 },
      { error: { message: "no\\x1b[2J more", code: "ERR_NO_MORE" }, exit: 1 },
    ]);
  });

  test("with --verbose there are stacks and causes", async () => {
    const { err } = await toolkit(["call", "tcp://127.0.0.1:1", "A.B", "--verbose"]);
    expect(err).toMatch(/\n\s+at .*\n(.*\n)*caused by /);
  });

  test("when the user wants an end: 130, nothing is said, and the server is told", async () => {
    const stopped = new Promise<void>((resolve) => {
      onTold = resolve;
    });
    const hangs = new Promise<void>((resolve) => {
      onHang = resolve;
    });
    const running = start(["call", `tcp://${at}`, "Probe.Hang"]);
    const waiting = start(["call", `tcp://${at}`, "Probe.Echo", "-"]); // for stdin
    await hangs;
    running.interrupt();
    waiting.interrupt();
    expect(await running.exit).toBe(130);
    expect(await waiting.exit).toBe(130);
    expect(running.out + running.err + waiting.out + waiting.err).toBe("");
    await stopped;
  });
});

describe("the command itself", () => {
  test("explains itself", async () => {
    for (const words of [["--help"], ["-h"], ["help"]]) {
      const { code, out } = await toolkit(words);
      expect({ code, out }).toEqual({
        code: 0,
        out: expect.stringMatching(/call[^]*ws[^]*listen[^]*gob[^]*130/) as string,
      });
    }
    for (const name of ["call", "ws", "listen", "gob"]) {
      const { code, out } = await toolkit([name, "--help"]);
      expect({ code, out }).toEqual({
        code: 0,
        out: expect.stringMatching(/Usage: [^]*Examples:[^]*Exit codes:/) as string,
      });
      expect(out).toBe((await toolkit(["help", name])).out);
      expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThan(101);
    }
    expect(await toolkit(["--version"])).toEqual({ code: 0, out: "1.2.3\n", err: "" });
  });

  test.each([[[]], [["nope"]], [["constructor"]], [["--json"]]])("%j makes no sense: 2", async (words) => {
    const { code, out, err } = await toolkit(words);
    expect(code).toBe(2);
    expect(out + err).toContain("there are call, ws, listen, gob, compare");
  });

  test("colours errors where the terminal shows colours, and nowhere else", async () => {
    expect((await toolkit(["nope"], { isTerminal: true, hasColors: true })).err).toContain("\u001b[31m");
    expect((await toolkit(["nope"], { isTerminal: true, hasColors: false })).err).not.toContain("\u001b");
    expect((await toolkit(["nope"])).err).not.toContain("\u001b");
  });
});
