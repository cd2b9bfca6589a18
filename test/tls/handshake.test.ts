import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { isTimeout, OpError } from "../../src/net/index.js";
import * as tcp from "../../src/tcp/index.js";
import * as tls from "../../src/tls/index.js";
import { bytes, reasonOf } from "../support/bytes.js";
import { selfSigned } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing, restingSockets, socketsAreGone } from "../support/handles.js";
import { type RawServer, rawDial, rawServer } from "../support/raw.js";

leavesNoSocket();
raisesNothing();
const keep = closing();
const own = await selfSigned();

/** Listens, and returns what goes wrong first. */
async function serve(options: Partial<tls.TLSListenOptions> = {}): Promise<[tls.TLSListener, Promise<Error>]> {
  let tell: (err: Error) => void = () => {};
  const fault = new Promise<Error>((resolve) => {
    tell = resolve;
  });
  return [keep(await tls.listen("127.0.0.1:0", { ...own, onError: tell, ...options })), fault];
}

/** The first bytes of a client's hello. */
const hello = new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 252]);

describe("a server's client", () => {
  const strangers: readonly [what: string, says: Uint8Array, fault: string][] = [
    [
      "speaks HTTP",
      bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
      "tls: first record does not look like a TLS handshake: it is an HTTP request",
    ],
    ["speaks something else", bytes("HELO there\r\n"), "tls: first record does not look like a TLS handshake"],
  ];
  for (const [what, says, message] of strangers) {
    test(`that ${what} is cut off, and only onError hears of it`, async () => {
      const [listener, fault] = await serve();
      const peer = await rawDial(listener.addr.port);
      const cutOff = once(peer, "end");
      peer.resume().write(says);
      expect(await fault).toMatchObject({ message });
      await cutOff.catch(() => {}); // an end or, with something unread, a reset
      peer.destroy();
    });
  }

  const leaving: readonly [how: string, leave: (peer: Socket) => unknown][] = [
    ["leaves before it says a word", (peer) => peer.destroy()],
    ["leaves in the middle of its hello", (peer) => peer.write(hello, () => peer.destroy())],
    ["resets", (peer) => peer.write(hello, () => peer.resetAndDestroy())],
    ["ends in the middle of its hello", (peer) => peer.end(hello)],
    ["ends before it says a word", (peer) => peer.end()],
  ];
  for (const [how, leave] of leaving) {
    test(`that ${how} is a failed handshake at once`, async () => {
      const [listener, fault] = await serve();
      const peer = await rawDial(listener.addr.port);
      peer.resume();
      leave(peer);
      expect((await fault).message).toMatch(/^(?:tls: handshake: unexpected EOF|handshake: connection reset by peer)$/);
      peer.destroy();
    });
  }

  test("that stays silent is cut off in time", async () => {
    const [listener, fault] = await serve({ handshakeTimeoutMs: 30 });
    const peer = await rawDial(listener.addr.port);
    const cutOff = once(peer.resume(), "end");
    const err = await fault;
    expect(err).toMatchObject({ message: "tls: handshake timed out", timeout: true });
    expect(isTimeout(err)).toBe(true);
    await cutOff;
    peer.destroy();
  });

  test("that is slow on purpose is cut off in time, too", async () => {
    const [listener, fault] = await serve({ handshakeTimeoutMs: 60 });
    const peer = await rawDial(listener.addr.port);
    peer.resume();
    let sent = 0;
    const trickle = setInterval(() => peer.write(hello.subarray(sent, ++sent)), 20);
    expect(isTimeout(await fault)).toBe(true);
    clearInterval(trickle);
    peer.destroy();
  });

  test("has all the time in the world where there is no limit", async () => {
    const [listener] = await serve({ handshakeTimeoutMs: Number.POSITIVE_INFINITY });
    const [client] = await Promise.all([tls.dial(listener.addr, { ca: own.cert }), listener.accept().then(keep)]);
    keep(client);
  });

  test("that fails is nobody's business where no onError is given", async () => {
    const listener = keep(await tls.listen("127.0.0.1:0", own));
    const peer = await rawDial(listener.addr.port);
    const cutOff = once(peer.resume(), "end");
    peer.write("HELO there\r\n");
    await cutOff.catch(() => {});
    peer.destroy();
    const [client] = await Promise.all([tls.dial(listener.addr, { ca: own.cert }), listener.accept().then(keep)]);
    keep(client);
  });
});

describe("a client's server", () => {
  /** Dials a server of Node's own, which treats its client as it likes. */
  async function dialStranger(treat: (peer: Socket) => unknown, options: tls.TLSDialOptions = {}) {
    const server = keep(await rawServer());
    const dialling = reasonOf(tls.dial(server.address, options)) as Promise<OpError>;
    const peer = await server.accept();
    peer.resume();
    treat(peer);
    const err = await dialling;
    peer.destroy();
    expect(err).toBeInstanceOf(OpError);
    expect(err.message.startsWith(`dial tls ${server.address}: `)).toBe(true);
    return err.message.slice(`dial tls ${server.address}: `.length);
  }

  test("that speaks no TLS is told as such", async () => {
    for (const answer of ["HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail.test ready\r\n"]) {
      const fault = await dialStranger((peer) => peer.write(answer));
      expect(fault).toBe("tls: first record does not look like a TLS handshake");
    }
  });

  test("that echoes is told as such", async () => {
    expect(await dialStranger((peer) => peer.pipe(peer))).toMatch(/^tls: /);
  });

  test("that hangs up is told as such", async () => {
    expect(await dialStranger((peer) => peer.end())).toBe("tls: handshake: unexpected EOF");
    expect(await dialStranger((peer) => peer.end(new Uint8Array([22, 3, 3])))).toBe("tls: handshake: unexpected EOF");
    expect(await dialStranger((peer) => peer.resetAndDestroy())).toMatch(
      /^(?:connect|handshake): connection reset by peer$/,
    );
  });

  test("that stays silent is given up in time", async () => {
    expect(await dialStranger(() => {}, { timeoutMs: 400 })).toBe("tls: handshake timed out");
  });

  test("that is not there is told as for TCP", async () => {
    const listener = await tcp.listen("127.0.0.1:0");
    listener.close();
    const addr = listener.addr.toString();
    for (const [address, message, code] of [
      [addr, `dial tls ${addr}: connect: connection refused`, "ECONNREFUSED"],
      ["127.0.0.1", "dial tls: address 127.0.0.1: missing port in address", "ERR_ADDR"],
      ["nosuch.invalid:443", "dial tls: lookup nosuch.invalid: no such host", "ENOTFOUND"],
      ["127.0.0.1:nosuch", "dial tls: lookup tcp/nosuch: unknown port", "ERR_UNKNOWN_PORT"],
    ] as const) {
      expect(await reasonOf(tls.dial(address))).toMatchObject({ message, code, op: "dial", net: "tls" });
    }
    for (const [address, message] of [
      ["127.0.0.1", "listen tls: address 127.0.0.1: missing port in address"],
      ["127.0.0.1:nosuch", "listen tls: lookup tcp/nosuch: unknown port"],
    ] as const) {
      expect(await reasonOf(tls.listen(address, own))).toMatchObject({ message });
    }
  });
});

describe("a dial that is given up in the middle of the handshake", () => {
  /** Waits for the hello, so that the handshake is under way. */
  async function helloOf(server: RawServer): Promise<Socket> {
    const peer = await server.accept();
    peer.resume();
    await once(peer, "data");
    return peer;
  }

  test("by its signal rejects with the reason itself, and hangs up", async () => {
    const server = keep(await rawServer());
    const before = await restingSockets();
    const abort = new AbortController();
    const reason = { any: "value" };
    const dialling = reasonOf(tls.dial(server.address, { signal: abort.signal }));
    const peer = await helloOf(server);
    abort.abort(reason);
    expect(await dialling).toBe(reason);
    await once(peer, "end");
    peer.destroy();
    await socketsAreGone(before);
  });

  test("by time says so, and hangs up", async () => {
    const server = keep(await rawServer());
    const before = await restingSockets();
    const dialling = reasonOf(tls.dial(server.address, { timeoutMs: 60 }));
    const peer = await helloOf(server);
    expect(await dialling).toMatchObject({
      message: `dial tls ${server.address}: tls: handshake timed out`,
      code: "ERR_TIMEOUT",
      timeout: true,
    });
    await once(peer, "end");
    peer.destroy();
    await socketsAreGone(before);
  });

  test("before it began rejects with the reason itself", async () => {
    const reason = new Error("never wanted");
    expect(await reasonOf(tls.dial("127.0.0.1:1", { signal: AbortSignal.abort(reason) }))).toBe(reason);
  });

  test("at any moment leaves nothing behind", async () => {
    const [listener] = await serve();
    const before = await restingSockets();
    for (let turns = 0; turns < 16; turns++) {
      const abort = new AbortController();
      const dialling = tls.dial(listener.addr, { ca: own.cert, signal: abort.signal });
      for (let i = 0; i < turns; i++) await new Promise(setImmediate);
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
