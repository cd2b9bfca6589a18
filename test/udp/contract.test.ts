import { describe, test } from "vitest";
import {
  connCases,
  listenerCases,
  type MakeListener,
  type MakePacketConns,
  type MakePipe,
  packetConnCases,
} from "../../src/nettest/index.js";
import { dial, listen, listenPeers } from "../../src/udp/index.js";

/** A peer is known once it has sent something. */
const makePeers: MakePipe = async () => {
  const listener = await listenPeers("127.0.0.1:0");
  const c1 = await dial(listener.addr);
  await c1.write(new Uint8Array([1]));
  const c2 = await listener.accept();
  await c2.read(new Uint8Array(1));
  return { c1, c2, stop: () => [c1, c2, listener].forEach((each) => each.close()) };
};

const makeConnected: MakePipe = async () => {
  const first = await dial("127.0.0.1:9");
  const c1Addr = first.localAddr;
  first.close();
  await first.closed;
  const probe = await listen("127.0.0.1:0");
  const c2Addr = probe.localAddr;
  probe.close();
  await probe.closed;
  const [c1, c2] = await Promise.all([
    dial(c2Addr, { localAddr: c1Addr }),
    dial(c1Addr, { localAddr: c2Addr }),
  ]);
  return { c1, c2, stop: () => [c1, c2].forEach((each) => each.close()) };
};

const makeListener: MakeListener = async () => {
  const listener = await listenPeers("127.0.0.1:0");
  return { listener, dial: () => dial(listener.addr), stop: () => listener.close() };
};

const makePacketConns =
  (address: string): MakePacketConns =>
  async () => {
    const [p1, p2] = await Promise.all([listen(address), listen(address)]);
    return { p1, p2, stop: () => [p1, p2].forEach((p) => p.close()) };
  };

describe("the conn contract holds between dial and listenPeers", () => {
  for (const c of connCases) test(c.name, () => c.run(makePeers));
});

describe("the conn contract holds between two dialled conns", () => {
  for (const c of connCases) test(c.name, () => c.run(makeConnected));
});

describe("the listener contract holds for listenPeers", () => {
  for (const c of listenerCases) test(c.name, () => c.run(makeListener));
});

describe("the packet conn contract holds over IPv4", () => {
  for (const c of packetConnCases) test(c.name, () => c.run(makePacketConns("127.0.0.1:0")));
});

describe("the packet conn contract holds over IPv6", () => {
  for (const c of packetConnCases) test(c.name, () => c.run(makePacketConns("[::1]:0")));
});
