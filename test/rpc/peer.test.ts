import { pipe, UnexpectedEOFError } from "toolkit/net";
import {
  type Caller,
  newPeer,
  type Peer,
  type PeerOptions,
  type Reply,
  type ReplyStream,
  Server,
  ServerError,
  type ServerOptions,
  ShutdownError,
} from "toolkit/rpc";
import { afterEach, describe, expect, test } from "vitest";
import { Arith, Gate } from "./arith.js";
import { slowly } from "./slowly.js";
import { peer as byHand } from "./wire.js";

class Screen {
  readonly shown: string[] = [];
  #onShow: (() => void)[] = [];
  Show(text: string, _reply: Reply<null>): void {
    this.shown.push(text);
    for (const resolve of this.#onShow.splice(0)) resolve();
  }
  Ask(question: string, reply: Reply<string>): void {
    reply.value = `${question} yes`;
  }
  async Lines(n: number, reply: ReplyStream<string>): Promise<void> {
    for (let i = 0; i < n; i++) await reply.send(`line ${i}`);
  }
  async shows(n: number): Promise<void> {
    while (this.shown.length < n) await new Promise<void>((resolve) => this.#onShow.push(resolve));
  }
}

/** Calls back whoever calls it. */
class Echo {
  async Ask(question: string, reply: Reply<string>): Promise<void> {
    reply.value = await (reply.call.caller as Caller).call<string>("Screen.Ask", question);
  }
  async Deep(depth: number, reply: Reply<number>): Promise<void> {
    reply.value = depth === 0 ? 0 : 1 + (await (reply.call.caller as Caller).call<number>("Echo.Deep", depth - 1));
  }
  async Read(n: number, reply: Reply<string[]>): Promise<void> {
    reply.value = [];
    for await (const line of (reply.call.caller as Caller).stream<string>("Screen.Lines", n)) reply.value.push(line);
  }
}

const opened: Peer[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

type Codec = "msgpack" | "jsonrpc2";

function connect(codec: Codec, options: { server?: ServerOptions; peer?: PeerOptions; isSlow?: boolean } = {}) {
  const [ours, theirs] = pipe();
  const server = new Server(options.server);
  server.register(new Echo());
  server.register(new Arith());
  const served = server.serveConn(options.isSlow === true ? slowly(theirs) : theirs, { codec });
  const peer = newPeer(options.isSlow === true ? slowly(ours) : ours, { codec, ...options.peer });
  const screen = new Screen();
  peer.register(screen);
  peer.register(new Echo());
  opened.push(peer);
  return { server, peer, screen, served, theirs };
}

describe.each(["msgpack", "jsonrpc2"] as const)("both ends call, over %s", (codec) => {
  test("a method calls its caller back, while the caller waits", async () => {
    const { peer } = connect(codec);
    expect(await peer.call("Echo.Ask", "Ready?")).toBe("Ready? yes");
    expect(await peer.call("Echo.Deep", 50)).toBe(50);
    expect(await peer.call("Echo.Read", 200)).toHaveLength(200);
  });

  test("one byte at a time too", async () => {
    const { peer } = connect(codec, { isSlow: true });
    const all = [peer.call("Echo.Ask", "Ready?"), peer.call("Echo.Deep", 3), peer.call("Echo.Read", 3)];
    expect(await Promise.all(all)).toEqual(["Ready? yes", 3, ["line 0", "line 1", "line 2"]]);
  });

  test("a server pushes to those who are connected", async () => {
    const callers: Caller[] = [];
    const { peer, screen } = connect(codec, { server: { onConnect: (caller) => callers.push(caller) } });
    expect(callers).toHaveLength(1);
    await callers[0]?.notify("Screen.Show", "hello");
    await callers[0]?.notify("Screen.Show", "again");
    await screen.shows(2);
    expect(screen.shown).toEqual(["hello", "again"]);
    expect(await callers[0]?.call("Screen.Ask", "Still there?")).toBe("Still there? yes");
    await expect(callers[0]?.call("Screen.Nothing", 1)).rejects.toThrow("rpc: can't find method Screen.Nothing");
    expect(await peer.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    peer.close();
    await callers[0]?.closed;
    await expect(callers[0]?.call("Screen.Ask", "?")).rejects.toThrow(ShutdownError);
  });

  test("both send many calls at once, more than may run", async () => {
    let caller: Caller | undefined;
    const { peer } = connect(codec, {
      server: { maxConcurrentCalls: 8, onConnect: (each) => (caller = each) },
      peer: { maxConcurrentCalls: 8 },
    });
    const there = Array.from({ length: 500 }, (_, i) => peer.call("Arith.Multiply", { A: i, B: 2 }));
    const back = Array.from({ length: 500 }, (_, i) => (caller as Caller).call("Screen.Ask", String(i)));
    expect(await Promise.all(there)).toEqual(Array.from({ length: 500 }, (_, i) => i * 2));
    expect(await Promise.all(back)).toEqual(Array.from({ length: 500 }, (_, i) => `${i} yes`));
  });

  test("refuses what is too much, as it must go on reading", async () => {
    let caller: Caller | undefined;
    const gate = new Gate();
    const { peer } = connect(codec, {
      server: { onConnect: (each) => (caller = each) },
      peer: { maxConcurrentCalls: 2, maxQueuedCalls: 2 },
    });
    peer.register(gate);
    const calls = ["a", "b", "c", "d", "e"].map((name) =>
      (caller as Caller).call("Gate.Wait", name).catch((err: unknown) => err),
    );
    const refused = await calls[4];
    expect(refused).toBeInstanceOf(ServerError);
    expect(refused).toMatchObject({ code: "ERR_RPC_BUSY" });
    gate.open(0);
    gate.open(1);
    await gate.holds(4);
    gate.openAll();
    expect(await Promise.all(calls.slice(0, 4))).toEqual(["a", "b", "c", "d"]);
  });

  test("closing ends the calls of both directions", async () => {
    let caller: Caller | undefined;
    const gate = new Gate();
    const { peer, served } = connect(codec, { server: { onConnect: (each) => (caller = each) } });
    peer.register(gate);
    const call = (caller as Caller).call("Gate.Wait", "a");
    const failed = expect(call).rejects.toThrow(UnexpectedEOFError);
    await gate.holds(1);
    const { signal } = gate.waiting[0]?.call ?? {};
    peer.close();
    await failed;
    expect(signal?.aborted).toBe(true);
    await served;
    await expect(peer.call("Arith.Multiply", { A: 1, B: 1 })).rejects.toThrow(ShutdownError);
  });
});

test("a response to a call that nobody made ends the connection", async () => {
  const errors: unknown[] = [];
  const { conn, hand } = byHand();
  const server = new Server({ onError: (err) => errors.push(err) });
  server.register(new Arith());
  const served = server.serveConn(conn, { codec: "msgpack" });
  await hand.send("83a54572726f72a0a353657100ad536572766963654d6574686f64a007");
  await served;
  expect(errors).toMatchObject([{ message: expect.stringContaining("response to a call that nobody made") as string }]);
});
