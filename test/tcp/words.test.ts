import { describe, expect, test } from "vitest";
import { IP, IPv4, OpError, parseIP } from "../../src/net/index.js";
import * as tcp from "../../src/tcp/index.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing } from "../support/handles.js";

leavesNoSocket();
raisesNothing();
const keep = closing();

const addressFaults: readonly [address: string, fault: string, code: string][] = [
  ["127.0.0.1", "address 127.0.0.1: missing port in address", "ERR_ADDR"],
  ["localhost", "address localhost: missing port in address", "ERR_ADDR"],
  ["::1:80", "address ::1:80: too many colons in address", "ERR_ADDR"],
  ["[::1]", "address [::1]: missing port in address", "ERR_ADDR"],
  ["[::1:80", "address [::1:80: missing ']' in address", "ERR_ADDR"],
  ["127.0.0.1:99999", "address 99999: invalid port", "ERR_ADDR"],
  ["127.0.0.1:65536", "address 65536: invalid port", "ERR_ADDR"],
  ["127.0.0.1:-1", "address -1: invalid port", "ERR_ADDR"],
  ["127.0.0.1:nosuch", "lookup tcp/nosuch: unknown port", "ERR_UNKNOWN_PORT"],
  ["127.0.0.1:80x", "lookup tcp/80x: unknown port", "ERR_UNKNOWN_PORT"],
  ["nosuch.invalid:80", "lookup nosuch.invalid: no such host", "ENOTFOUND"],
];

describe("an address that is none is refused in Go's words, by a rejection", () => {
  for (const [address, fault, code] of addressFaults) {
    test(`dial ${address}`, () => refuses(tcp.dial(address), `dial tcp: ${fault}`, code));
    test(`listen ${address}`, () => refuses(tcp.listen(address), `listen tcp: ${fault}`, code));
    test(`resolve ${address}`, () => refuses(tcp.resolveTCPAddr("tcp", address), fault, code));
  }

  test("dial nothing", () => refuses(tcp.dial(""), "dial tcp: missing address", "ERR_ADDR"));

  test("a network that is none", async () => {
    const network = "foo" as "tcp";
    const addr = new tcp.TCPAddr({ ip: IPv4(127, 0, 0, 1), port: 1 });
    const words = "unknown network foo";
    const code = "ERR_UNKNOWN_NETWORK";
    await refuses(tcp.dialTCP(network, null, addr), `dial foo 127.0.0.1:1: ${words}`, code);
    await refuses(tcp.listenTCP(network, addr), `listen foo 127.0.0.1:1: ${words}`, code);
    await refuses(tcp.resolveTCPAddr(network, "127.0.0.1:1"), words, code);
  });

  test("an address of the other family", async () => {
    const v4 = new tcp.TCPAddr({ ip: IPv4(127, 0, 0, 1), port: 1 });
    const v6 = new tcp.TCPAddr({ ip: parseIP("::1") ?? new IP([]), port: 1 });
    const noV4 = "address ::1: non-IPv4 address";
    const noV6 = "address 127.0.0.1: non-IPv6 address";
    await refuses(tcp.dialTCP("tcp4", null, v6), `dial tcp4 [::1]:1: ${noV4}`, "ERR_ADDR");
    await refuses(tcp.dialTCP("tcp6", null, v4), `dial tcp6 127.0.0.1:1: ${noV6}`, "ERR_ADDR");
    await refuses(tcp.listenTCP("tcp4", v6), `listen tcp4 [::1]:1: ${noV4}`, "ERR_ADDR");
    await refuses(tcp.listenTCP("tcp6", v4), `listen tcp6 127.0.0.1:1: ${noV6}`, "ERR_ADDR");
    await refuses(tcp.resolveTCPAddr("tcp4", "[::1]:80"), "address ::1: no suitable address found", "ERR_ADDR");
    await refuses(
      tcp.resolveTCPAddr("tcp6", "127.0.0.1:80"),
      "address 127.0.0.1: no suitable address found",
      "ERR_ADDR",
    );
  });
});

describe("what the system refuses is told in Go's words", () => {
  test("nobody listens", async () => {
    const addr = await unusedAddr();
    const err = await refuses(tcp.dial(addr), `dial tcp ${String(addr)}: connect: connection refused`, "ECONNREFUSED");
    expect(err).toMatchObject({ op: "dial", net: "tcp", addr, source: undefined, timeout: false });
  });

  test("nobody listens, dialled from an address of ours", async () => {
    const addr = await unusedAddr();
    const localAddr = new tcp.TCPAddr({ ip: IPv4(127, 0, 0, 1) });
    const want = `dial tcp 127.0.0.1:0->${String(addr)}: connect: connection refused`;
    await refuses(tcp.dial(addr, { localAddr }), want, "ECONNREFUSED");
    await refuses(tcp.dialTCP("tcp", localAddr, addr), want, "ECONNREFUSED");
  });

  test("a port without a host is one of this machine", async () => {
    const { port } = await unusedAddr();
    await refuses(tcp.dial(`:${port}`), `dial tcp :${port}: connect: connection refused`, "ECONNREFUSED");
  });

  test("the address to listen on is taken", async () => {
    const { addr } = keep(await tcp.listen("127.0.0.1:0"));
    const want = `listen tcp ${String(addr)}: bind: address already in use`;
    await refuses(tcp.listen(addr), want, "EADDRINUSE");
    await refuses(tcp.listen(addr.toString()), want, "EADDRINUSE");
  });

  test("the address to listen on, or to dial from, is not of this machine", async () => {
    const { addr } = keep(await tcp.listen("127.0.0.1:0"));
    const foreign = new tcp.TCPAddr({ ip: IPv4(203, 0, 113, 1) });
    const words = "bind: cannot assign requested address";
    await refuses(tcp.listen(foreign), `listen tcp 203.0.113.1:0: ${words}`, "EADDRNOTAVAIL");
    await refuses(
      tcp.dial(addr, { localAddr: foreign }),
      `dial tcp 203.0.113.1:0->${String(addr)}: ${words}`,
      "EADDRNOTAVAIL",
    );
  });

  test("the address to dial from is taken", async () => {
    const { addr } = keep(await tcp.listen("127.0.0.1:0"));
    const { addr: taken } = keep(await tcp.listen("127.0.0.1:0"));
    const want = `dial tcp ${String(taken)}->${String(addr)}: bind: address already in use`;
    await refuses(tcp.dial(addr, { localAddr: taken }), want, "EADDRINUSE");
  });
});

test("errors of a conn name the operation and both ends", async () => {
  const listener = keep(await tcp.listen("127.0.0.1:0"));
  const conn = keep(await tcp.dial(listener.addr));
  const ends = `${String(conn.localAddr)}->${String(conn.remoteAddr)}`;
  const p = new Uint8Array(1);
  conn.setDeadline(1);
  await refuses(conn.read(p), `read tcp ${ends}: i/o timeout`, "ERR_TIMEOUT");
  await refuses(conn.write(p), `write tcp ${ends}: i/o timeout`, "ERR_TIMEOUT");
  conn.setDeadline(null);
  await conn.closeWrite();
  await refuses(conn.write(p), `write tcp ${ends}: write: broken pipe`, "EPIPE");
  conn.close();
  const closed = "use of closed network connection";
  await refuses(conn.read(p), `read tcp ${ends}: ${closed}`, "ERR_CLOSED");
  await refuses(conn.write(p), `write tcp ${ends}: ${closed}`, "ERR_CLOSED");
  await refuses(conn.closeWrite(), `close tcp ${ends}: ${closed}`, "ERR_CLOSED");
  for (const [op, call] of [
    ["close", () => conn.closeRead()],
    ["set", () => conn.setNoDelay()],
    ["set", () => conn.setKeepAlive()],
    ["set", () => conn.setKeepAlivePeriod(1000)],
    ["set", () => conn.setLinger(0)],
  ] as const) {
    await refuses((async () => call())(), `${op} tcp ${ends}: ${closed}`, "ERR_CLOSED");
  }
  listener.close();
  await refuses(listener.accept(), `accept tcp ${String(listener.addr)}: ${closed}`, "ERR_CLOSED");
});

async function refuses(call: Promise<unknown>, message: string, code: string): Promise<unknown> {
  const err = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(err).toMatchObject({ message, code });
  if (!/^(?:address|lookup|unknown) /.test(message)) expect(err).toBeInstanceOf(OpError);
  return err;
}

/** Returns an address of which nobody listens, as its port was free a moment ago. */
async function unusedAddr(): Promise<tcp.TCPAddr> {
  const listener = await tcp.listen("127.0.0.1:0");
  listener.close();
  return listener.addr;
}
