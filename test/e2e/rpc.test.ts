// A page that our server serves calls our server, and is called by it, over WebSocket.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { int, struct } from "../../src/gob/index.js";
import type * as browser from "../../src/rpc/browser/index.js";
import {
  type CallContext,
  type CodecName,
  method,
  type Reply,
  type ReplyStream,
  Server,
  ServerError,
  service,
} from "../../src/rpc/index.js";
import type * as browserWS from "../../src/ws/browser/index.js";
import { bundleForBrowser } from "../support/bundle.js";
import { requireChromium, startChromium } from "../support/chromium.js";
import { type BrowserServer, browserServer } from "./browser-server.js";

interface Args {
  A: number;
  B: number;
}

class Arith {
  Multiply(args: Args, reply: Reply<number>): void {
    reply.value = args.A * args.B;
  }
  Divide(args: Args, reply: Reply<{ Quo: number; Rem: number }>): Error | null {
    if (args.B === 0) return new ServerError("divide by zero", { code: "ZERO" });
    reply.value = { Quo: Math.trunc(args.A / args.B), Rem: args.A % args.B };
    return null;
  }
  Echo(text: string, reply: Reply<string>): void {
    reply.value = text;
  }
}

/** Calls that end when their caller gives them up. */
class Waiter {
  readonly #waiting: ((call: CallContext) => void)[] = [];
  readonly #ended: ((reason: unknown) => void)[] = [];

  async Wait(_args: unknown, reply: Reply<null>): Promise<void> {
    const { signal } = reply.call;
    this.#waiting.shift()?.(reply.call);
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    this.#ended.shift()?.(signal.reason);
  }
  async Count(from: number, reply: ReplyStream<number>): Promise<void> {
    try {
      for (let n = from; ; n++) await reply.send(n);
    } finally {
      this.#ended.shift()?.(reply.call.signal.reason);
    }
  }
  /** Resolves when the next call has come. */
  called(): Promise<CallContext> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
  /** Resolves to why the next call was given up. */
  ended(): Promise<unknown> {
    return new Promise((resolve) => this.#ended.push(resolve));
  }
}

class Feed {
  async UpTo(n: number, reply: ReplyStream<number>): Promise<void> {
    for (let i = 1; i <= n; i++) await reply.send(i);
    if (n === 13) throw new Error("thirteen");
  }
}

class Chat {
  async Join(name: string, reply: Reply<string>): Promise<void> {
    const { caller } = reply.call;
    reply.value = (await caller?.call<string>("Screen.Ask", `Who are you, ${name}?`)) ?? "";
  }
  async Tell(lines: number, reply: Reply<null>): Promise<void> {
    for (let i = 1; i <= lines; i++) await reply.call.caller?.notify("Screen.Show", `line ${i}`);
    reply.value = null;
  }
}

const Operands = struct("Args", { A: int, B: int });
const contract = service("Strict", { Multiply: method(Operands, int) });
const strict = {
  Multiply(args: Args, reply: Reply<number>): void {
    reply.value = args.A * args.B;
  },
};

/** In the page: our browser builds, and the contract above. */
declare const toolkit: {
  readonly rpc: typeof browser;
  readonly ws: typeof browserWS;
  readonly contract: typeof contract;
};
/** In the page: where a path of our server is. */
declare function at(path: string): string;
/** In the page: what an error says. */
declare function told(err: unknown): { name: string; message: string; code?: string | number };

const helpers = `
  globalThis.at = (path) => location.href.replace(/^http/, "ws").replace(/\\/$/, "") + path;
  globalThis.told = (err) => ({ name: err.name, message: err.message, code: err.code });
  globalThis.raised = [];
  addEventListener("unhandledrejection", (event) => raised.push(String(event.reason)));
  addEventListener("error", (event) => raised.push(event.message));
  addEventListener("securitypolicyviolation", (event) => raised.push(event.violatedDirective));
`;

const executable = requireChromium();
const where = executable === undefined ? "skipped, as chromium is not on PATH: " : "in Chromium, ";
const inChromium = executable === undefined ? describe.skip : describe;

const codecs: readonly CodecName[] = ["msgpack", "gob", "jsonrpc", "jsonrpc2"];
/** Those that carry streams, and calls in both directions. */
const rich = ["msgpack", "jsonrpc2"] as const;

const waiter = new Waiter();
let chromium: Browser;
let server: BrowserServer;
let page: Page;

beforeAll(async () => {
  if (executable === undefined) return;
  const rpc = new Server();
  rpc.register(new Arith());
  rpc.register(waiter);
  rpc.register(new Feed());
  rpc.register(new Chat());
  rpc.register(strict, contract);
  const script = await bundleForBrowser("./test/e2e/programs/rpc-page.ts", "toolkit");
  server = await browserServer(`${helpers}\n${script}`);
  for (const codec of codecs) server.on(`/${codec}`, (conn) => rpc.serveConn(conn, { codec }));
  server.on("/cut", async (conn) => {
    await conn.readMessage();
    conn.closeNow();
  });
  chromium = await startChromium(executable);
  page = await chromium.newPage();
  await page.goto(server.url);
}, 60_000);

afterAll(async () => {
  if (executable === undefined) return;
  const raised = await page.evaluate<string[]>("raised");
  await chromium.close();
  await server.close();
  expect(raised, "what was raised in the page that no call returned").toEqual([]);
});

inChromium.each(codecs)(`${where}a client that speaks %s`, (codec) => {
  test("calls, also a typed service, many at once and at length", async () => {
    const got = await page.evaluate(async (codec) => {
      interface Arith {
        Multiply(args: { A: number; B: number }, reply: browser.Reply<number>): void;
        Divide(args: { A: number; B: number }, reply: browser.Reply<{ Quo: number; Rem: number }>): Error | null;
      }
      const client = await toolkit.rpc.dial("ws", at(`/${codec}`), { codec });
      const arith = client.service<Arith>("Arith");
      const products = await Promise.all(Array.from({ length: 200 }, (_, i) => arith.Multiply({ A: i, B: 8 })));
      const text = "é\u{1F600}x".repeat(50_000);
      const echoed = await client.call<string>("Arith.Echo", text);
      const quotient = await arith.Divide({ A: 56, B: 10 });
      client.close();
      await client.closed;
      return { products, same: echoed === text, quotient, state: client.state };
    }, codec);
    expect(got).toEqual({
      products: Array.from({ length: 200 }, (_, i) => i * 8),
      same: true,
      quotient: { Quo: 5, Rem: 6 },
      state: "closed",
    });
  });

  test("calls by a contract, which the server holds it to", async () => {
    const got = await page.evaluate(async (codec) => {
      const client = await toolkit.rpc.dial("ws", at(`/${codec}`), { codec });
      const product = await client.service(toolkit.contract).Multiply({ A: 7, B: 8 });
      const wrong = await client.call("Strict.Multiply", { A: "seven", B: 8 }).catch(told);
      const after = await client.call("Arith.Multiply", { A: 7, B: 8 });
      client.close();
      return { product, wrong, after };
    }, codec);
    expect(got).toMatchObject({ product: 56, wrong: { name: "ServerError" }, after: 56 });
  });

  test("is told of errors: the method's, the server's, its own, and of the connection's end", async () => {
    const got = await page.evaluate(async (codec) => {
      const client = await toolkit.rpc.dial("ws", at(`/${codec}`), { codec });
      const divided = await client.call("Arith.Divide", { A: 1, B: 0 }).catch(told);
      const missing = await client.call("Arith.Add", { A: 1, B: 0 }).catch(told);
      client.close();
      const late = await client.call("Arith.Multiply", { A: 1, B: 0 }).catch(told);
      const cut = await toolkit.rpc.dial("ws", at("/cut"), { codec });
      const lost = await cut.call("Arith.Multiply", { A: 1, B: 0 }).catch(told);
      await cut.closed;
      const refused = await toolkit.rpc.dial("ws", at("/nowhere"), { codec }).catch(told);
      return { divided, missing, late, lost, refused };
    }, codec);
    expect(got.divided).toMatchObject({ name: "ServerError", message: "divide by zero" });
    expect(got.missing).toMatchObject({ name: "ServerError", message: expect.stringContaining("Arith.Add") as string });
    expect(got.late).toMatchObject({ name: "ShutdownError", code: "ERR_SHUTDOWN" });
    expect(got.lost).toMatchObject({ message: expect.any(String) as string });
    expect(got.refused).toMatchObject({ name: "OpError" });
  });

  test("gives calls up: by a signal, and in time", async () => {
    const got = await page.evaluate(async (codec) => {
      const client = await toolkit.rpc.dial("ws", at(`/${codec}`), { codec });
      const reason = new Error("enough");
      const controller = new AbortController();
      const aborted = client.call("Waiter.Wait", 1, { signal: controller.signal });
      controller.abort(reason);
      const same = await aborted.catch((err: unknown) => err === reason);
      const late = await client.call("Waiter.Wait", 1, { timeoutMs: 20 }).catch(told);
      client.close();
      return { same, late };
    }, codec);
    expect(got).toMatchObject({ same: true, late: { name: "TimeoutError", code: "ERR_TIMEOUT" } });
  });
});

inChromium.each(["msgpack", "gob", "jsonrpc2"] as const)(`${where}a client that speaks %s`, (codec) => {
  test("cancels: the method is told", async () => {
    const called = waiter.called();
    const ended = waiter.ended();
    await page.evaluate(async (codec) => {
      const client = await toolkit.rpc.dial("ws", at(`/${codec}`), { codec });
      const controller = new AbortController();
      const waiting = client.call("Waiter.Wait", 1, { signal: controller.signal }).catch(told);
      Object.assign(globalThis, { cancel: { client, controller, waiting } });
    }, codec);
    expect((await called).signal.aborted).toBe(false);
    await page.evaluate(() => {
      const { cancel } = globalThis as unknown as { cancel: { controller: AbortController } };
      cancel.controller.abort();
    });
    expect(await ended).toMatchObject({ code: "ERR_RPC_CANCELED" });
    await page.evaluate(async () => {
      const { cancel } = globalThis as unknown as { cancel: { client: browser.Client; waiting: Promise<unknown> } };
      await cancel.waiting;
      cancel.client.close();
    });
  });
});

inChromium.each(rich)(`${where}a peer that speaks %s`, (codec) => {
  test("reads a stream to its end, and to its error", async () => {
    const got = await page.evaluate(async (codec) => {
      const client = await toolkit.rpc.dial("ws", at(`/${codec}`), { codec });
      const read = async (n: number) => {
        const got: number[] = [];
        try {
          for await (const i of client.stream<number>("Feed.UpTo", n)) got.push(i);
        } catch (err) {
          return { got, ...told(err) };
        }
        return { got };
      };
      const [long, failed] = [await read(500), await read(13)];
      client.close();
      return { long, failed };
    }, codec);
    expect(got.long).toEqual({ got: Array.from({ length: 500 }, (_, i) => i + 1) });
    expect(got.failed).toMatchObject({ name: "ServerError", message: "thirteen" });
    expect(got.failed.got).toHaveLength(13);
  });

  test("breaks off a stream that has no end: the method is told", async () => {
    const ended = waiter.ended();
    const got = await page.evaluate(async (codec) => {
      const client = await toolkit.rpc.dial("ws", at(`/${codec}`), { codec });
      const got: number[] = [];
      for await (const n of client.stream<number>("Waiter.Count", 1)) {
        got.push(n);
        if (got.length === 100) break;
      }
      const after = await client.call("Arith.Multiply", { A: 7, B: 8 });
      client.close();
      return { last: got.at(-1), after };
    }, codec);
    expect(got).toEqual({ last: 100, after: 56 });
    expect(await ended).toMatchObject({ code: "ERR_RPC_CANCELED" });
  });

  test("is called by its server, while its own call waits, and told without being asked", async () => {
    const got = await page.evaluate(async (codec) => {
      const shown: string[] = [];
      class Screen {
        Ask(question: string, reply: browser.Reply<string>): void {
          reply.value = `${question} A friend.`;
        }
        Show(line: string, reply: browser.Reply<null>): void {
          shown.push(line);
          reply.value = null;
        }
      }
      const peer = toolkit.rpc.newPeer(await toolkit.ws.dial(at(`/${codec}`)), { codec });
      peer.register(new Screen());
      const answer = await peer.call<string>("Chat.Join", "Ada");
      await peer.call("Chat.Tell", 3);
      peer.close();
      await peer.closed;
      return { answer, shown };
    }, codec);
    expect(got).toEqual({ answer: "Who are you, Ada? A friend.", shown: ["line 1", "line 2", "line 3"] });
  });
});
