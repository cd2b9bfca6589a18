import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { isTimeout, OpError } from "../../src/net/index.js";
import * as tcp from "../../src/tcp/index.js";
import { reasonOf } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { deafListener } from "../support/deaf.js";
import { leavesNoSocket, raisesNothing, restingSockets, socketsAreGone } from "../support/handles.js";

leavesNoSocket();
raisesNothing();
const keep = closing();

describe("a dial that nobody answers", () => {
  test("times out, and releases its socket", async () => {
    const deaf = keep(await deafListener());
    const before = await restingSockets();
    const err = await reasonOf(tcp.dial(deaf.address, { timeoutMs: 30 }));
    expect(err).toMatchObject({ message: `dial tcp ${deaf.address}: i/o timeout`, code: "ERR_TIMEOUT", timeout: true });
    expect(err).toBeInstanceOf(OpError);
    expect(isTimeout(err)).toBe(true);
    await socketsAreGone(before);
  });

  test("times out for a name, too", async () => {
    const deaf = keep(await deafListener());
    const before = await restingSockets();
    const err = await reasonOf(tcp.dial(`localhost:${deaf.port}`, { timeoutMs: 50 }));
    expect(isTimeout(err)).toBe(true);
    expect(err).toMatchObject({ op: "dial", timeout: true });
    await socketsAreGone(before);
  });

  test("is aborted with the signal's reason itself, and releases its socket", async () => {
    const deaf = keep(await deafListener());
    const before = await restingSockets();
    const abort = new AbortController();
    const dialling = tcp.dial(deaf.address, { signal: abort.signal });
    const reason = { any: "value" };
    setTimeout(() => abort.abort(reason), 20);
    expect(await reasonOf(dialling)).toBe(reason);
    await socketsAreGone(before);
  });

  test("is aborted in the very tick in which it begins", async () => {
    const deaf = keep(await deafListener());
    const before = await restingSockets();
    for (const address of [deaf.address, `localhost:${deaf.port}`, new tcp.TCPAddr({ port: deaf.port })]) {
      const abort = new AbortController();
      const dialling = tcp.dial(address, { signal: abort.signal });
      const reason = new Error("not wanted any more");
      abort.abort(reason);
      expect(await reasonOf(dialling)).toBe(reason);
    }
    await socketsAreGone(before);
  });

  test("passes the reason of AbortSignal.timeout on", async () => {
    const deaf = keep(await deafListener());
    const err = await reasonOf(tcp.dial(deaf.address, { signal: AbortSignal.timeout(20) }));
    expect(err).toMatchObject({ name: "TimeoutError" });
    expect(isTimeout(err)).toBe(true);
  });
});

describe("a signal", () => {
  test("that is aborted already lets no connection begin", async () => {
    const seen: unknown[] = [];
    const server = keep(createServer((socket) => seen.push(socket.destroy())));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const reason = new Error("never wanted");
    expect(await reasonOf(tcp.dial(`127.0.0.1:${port}`, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    (await tcp.dial(`127.0.0.1:${port}`)).close();
    await expect.poll(() => seen.length).toBe(1);
  });

  test("that is aborted after the dial does not concern the conn, which it does not know any more", async () => {
    const listener = keep(await tcp.listen("127.0.0.1:0"));
    const abort = new AbortController();
    const conn = keep(await tcp.dial(listener.addr, { signal: abort.signal, timeoutMs: 1000 }));
    const peer = keep(await listener.accept());
    abort.abort();
    await peer.write(new Uint8Array(3));
    expect(await conn.read(new Uint8Array(8))).toBe(3);
  });

  test("that races with the connection leaves nothing behind, whoever wins", async () => {
    const listener = keep(await tcp.listen("127.0.0.1:0"));
    const before = await restingSockets();
    for (let turns = 0; turns < 20; turns++) {
      const abort = new AbortController();
      const dialling = tcp.dial(listener.addr, { signal: abort.signal });
      for (let i = 0; i < turns % 5; i++) await new Promise(setImmediate);
      abort.abort();
      await dialling.then(
        (conn) => conn.close(),
        (err: unknown) => expect(err).toBe(abort.signal.reason),
      );
    }
    listener.close();
    await socketsAreGone(before);
  });
});

describe("a time limit", () => {
  test("leaves no timer behind when the dial is quicker", async () => {
    const listener = keep(await tcp.listen("127.0.0.1:0"));
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    keep(await tcp.dial(listener.addr, { timeoutMs: 60_000 }));
    keep(await tcp.dial(`localhost:${listener.addr.port}`, { timeoutMs: 60_000 }));
    expect(timers()).toBe(before);
  });

  test("may be longer than a timer can be", async () => {
    const listener = keep(await tcp.listen("127.0.0.1:0"));
    const warned: unknown[] = [];
    const note = (warning: unknown): unknown => warned.push(warning);
    process.on("warning", note);
    for (const timeoutMs of [2 ** 31, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY]) {
      keep(await tcp.dial(`localhost:${listener.addr.port}`, { timeoutMs }));
    }
    await new Promise(setImmediate);
    process.off("warning", note);
    expect(warned).toEqual([]);
  });

  test("of nothing is over at once", async () => {
    const deaf = keep(await deafListener());
    expect(isTimeout(await reasonOf(tcp.dial(deaf.address, { timeoutMs: 0 })))).toBe(true);
  });
});
