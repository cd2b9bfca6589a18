import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { isClosed } from "../../src/net/index.js";
import * as tls from "../../src/tls/index.js";
import { bytes, readText, reasonOf } from "../support/bytes.js";
import { selfSigned } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing, restingSockets, socketsAreGone } from "../support/handles.js";
import { rawDial } from "../support/raw.js";

leavesNoSocket();
raisesNothing();
const keep = closing();
const own = await selfSigned();
const ca = own.cert;

const listen = async (options: Partial<tls.TLSListenOptions> = {}): Promise<tls.TLSListener> =>
  keep(await tls.listen("127.0.0.1:0", { ...own, ...options }));

describe("silent clients", () => {
  test("keep others out up to the backlog, and only until their time is over", async () => {
    const faults: Error[] = [];
    const listener = await listen({ backlog: 3, handshakeTimeoutMs: 200, onError: (err) => faults.push(err) });
    const silent = await Promise.all([1, 2, 3].map(() => rawDial(listener.addr.port)));
    const left = Promise.all(silent.map((peer) => once(peer.resume(), "end")));
    expect(await reasonOf(tls.dial(listener.addr, { ca }))).toMatchObject({ code: "ECONNRESET" });
    await left;
    const [client] = await Promise.all([tls.dial(listener.addr, { ca }), listener.accept().then(keep)]);
    keep(client);
    expect(faults.filter((err) => err.message === "tls: handshake timed out").length).toBe(3);
    for (const peer of silent) peer.destroy();
  });

  test("that leave make room at once, however many they are", async () => {
    const listener = await listen({ backlog: 2 });
    for (let i = 0; i < 20; i++) {
      const peer = await rawDial(listener.addr.port);
      peer.resume();
      if (i % 2 === 0) peer.resetAndDestroy();
      else peer.destroy();
      await once(peer, "close");
    }
    const [client] = await Promise.all([tls.dial(listener.addr, { ca }), listener.accept().then(keep)]);
    keep(client);
  });

  test("do not outlive the listener, of which nobody is told", async () => {
    const before = await restingSockets();
    const faults: Error[] = [];
    const listener = await listen({ onError: (err) => faults.push(err) });
    const silent = await Promise.all([1, 2, 3].map(() => rawDial(listener.addr.port)));
    const conns = await Promise.all([tls.dial(listener.addr, { ca }), listener.accept()]);
    for (const conn of conns) conn.close();
    const left = Promise.all(silent.map((peer) => once(peer.resume(), "end")));
    listener.close();
    await left;
    for (const peer of silent) peer.destroy();
    await socketsAreGone(before);
    expect(faults).toEqual([]);
  });
});

describe("conns whose handshake is done", () => {
  test("wait up to the backlog; those beyond are turned away", async () => {
    const listener = await listen({ backlog: 2 });
    const waiting = [keep(await tls.dial(listener.addr, { ca })), keep(await tls.dial(listener.addr, { ca }))];
    for (let i = 0; i < 3; i++) {
      const dialling = tls.dial(listener.addr, { ca }).then(keep);
      const end = await dialling.then(readText).catch(() => null);
      expect(end).toBe(null);
    }
    for (const conn of waiting) {
      const accepted = keep(await listener.accept());
      expect(accepted.remoteAddr).toEqual(conn.localAddr);
      await accepted.write(bytes("welcome"));
      expect(await readText(conn)).toBe("welcome");
    }
    const late = keep(await tls.dial(listener.addr, { ca }));
    expect(keep(await listener.accept()).remoteAddr).toEqual(late.localAddr);
  });

  test("end when the listener closes; those that were accepted go on", async () => {
    const listener = await listen();
    const [first, accepted] = await Promise.all([tls.dial(listener.addr, { ca }), listener.accept()]);
    const second = keep(await tls.dial(listener.addr, { ca }));
    await keep(first).write(bytes("x"));
    await keep(accepted).read(new Uint8Array(1)); // by now the other has been taken in
    listener.close();
    expect(await readText(second).catch(() => null)).toBe(null);
    await accepted.write(bytes("still here"));
    expect(await readText(first)).toBe("still here");
    expect(await reasonOf(tls.dial(listener.addr, { ca }))).toMatchObject({ code: "ECONNREFUSED" });
    expect(await reasonOf(listener.accept())).toMatchObject({
      message: `accept tls ${listener.addr.toString()}: use of closed network connection`,
    });
  });
});

test("a signal closes the listener, or keeps it from coming to be", async () => {
  const before = await restingSockets();
  const reason = { any: "value" };
  const aborted = { ...own, signal: AbortSignal.abort(reason) };
  expect(await reasonOf(tls.listen("127.0.0.1:0", aborted))).toBe(reason);
  const same = new AbortController();
  const listening = reasonOf(tls.listen("127.0.0.1:0", { ...own, signal: same.signal }));
  same.abort(reason);
  expect(await listening).toBe(reason);
  const later = new AbortController();
  const listener = await listen({ signal: later.signal });
  const accepting = reasonOf(listener.accept());
  later.abort();
  expect(isClosed(await accepting)).toBe(true);
  await socketsAreGone(before);
});

test("the address to listen on is taken", async () => {
  const { addr } = await listen();
  expect(await reasonOf(tls.listen(addr, own))).toMatchObject({
    message: `listen tls ${addr.toString()}: bind: address already in use`,
    code: "EADDRINUSE",
    op: "listen",
    net: "tls",
  });
});

test("ref and unref decide what keeps the process alive", async () => {
  const listener = await listen();
  const [client, server] = await Promise.all([tls.dial(listener.addr, { ca }), listener.accept()]);
  const all = [listener, keep(client), keep(server)];
  const before = await restingSockets();
  for (const each of all) each.unref();
  expect(before.length - (await restingSockets()).length).toBe(3);
  for (const each of all) each.ref();
  expect((await restingSockets()).length).toBe(before.length);
});
