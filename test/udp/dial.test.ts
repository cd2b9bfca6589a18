import { createSocket } from "node:dgram";
import { once } from "node:events";
import { expect, test, vi } from "vitest";
import { IPv4 } from "../../src/net/index.js";
import * as udp from "../../src/udp/index.js";
import { SocketUDPConn } from "../../src/udp/packet-conn.js";
import { bytes, reasonOf } from "../support/bytes.js";
import { raisesNothing } from "../support/handles.js";

raisesNothing();

// Names that are looked up for ever, in vain, or with an answer that leads nowhere at first.
vi.mock("node:dns/promises", () => ({
  lookup: async (name: string) => {
    if (name === "slow.invalid") return new Promise(() => {});
    if (name === "unknown.invalid") {
      throw Object.assign(new Error("nope"), { code: "ENOTFOUND", syscall: "getaddrinfo", hostname: name });
    }
    return [
      { address: "255.255.255.255", family: 4 },
      { address: "127.0.0.1", family: 4 },
    ];
  },
}));

test("dialling gives up when its signal is aborted while a name is looked up", async () => {
  const abort = new AbortController();
  const reason = new Error("enough");
  const dialled = reasonOf(udp.dial("slow.invalid:9", { signal: abort.signal }));
  abort.abort(reason);
  expect(await dialled).toBe(reason);
});

test("dialling gives up when time is up while a name is looked up", async () => {
  expect(await reasonOf(udp.dial("slow.invalid:9", { timeoutMs: 5 }))).toMatchObject({
    message: "dial udp: i/o timeout",
    op: "dial",
    timeout: true,
  });
});

test("a name that nobody knows has no address", async () => {
  expect(await reasonOf(udp.dial("unknown.invalid:9"))).toMatchObject({
    message: "dial udp: lookup unknown.invalid: no such host",
    code: "ENOTFOUND",
  });
  expect(await reasonOf(udp.listen("unknown.invalid:9"))).toMatchObject({
    message: "listen udp: lookup unknown.invalid: no such host",
  });
});

test("the first address of a name to which there is a way is dialled", async () => {
  const localAddr = new udp.UDPAddr({ ip: IPv4(127, 0, 0, 1) });
  const conn = await udp.dial("two.invalid:9", { localAddr, timeoutMs: 10_000 });
  expect(["255.255.255.255", "127.0.0.1"]).toContain(conn.remoteAddr.hostname);
  expect(conn.localAddr.hostname).toBe("127.0.0.1");
  conn.close();
});

test("a dialled conn drops what it heard before it was connected", async () => {
  const socket = createSocket("udp4");
  socket.connect(9, "127.0.0.1");
  await once(socket, "connect");
  const conn = new SocketUDPConn({
    socket,
    net: "udp",
    family: { version: 4, only: true },
    localAddr: new udp.UDPAddr({ ip: IPv4(127, 0, 0, 1), port: socket.address().port }),
    remoteAddr: new udp.UDPAddr({ ip: IPv4(127, 0, 0, 1), port: 9 }),
    limits: { datagrams: 10, bytes: 1000 },
  });
  const from = { family: "IPv4", size: 1 };
  socket.emit("message", bytes("?"), { ...from, address: "127.0.0.1", port: 10 });
  socket.emit("message", bytes("?"), { ...from, address: "127.0.0.2", port: 9 });
  socket.emit("message", bytes("!"), { ...from, address: "127.0.0.1", port: 9 });
  const p = new Uint8Array(1);
  await conn.read(p);
  expect(p).toEqual(bytes("!"));
  conn.close();
});
