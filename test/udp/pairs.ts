import type { MakeListener, MakePacketConns, MakePipe } from "../../src/nettest/index.js";
import * as udp from "../../src/udp/index.js";

/** Makes a dialled conn and the listener's conn for it, which is there once the other has sent something. */
export function dialledAndAccepted(address: string): MakePipe {
  return async () => {
    const listener = await udp.listenPeers(address);
    const c1 = await udp.dial(listener.addr);
    await c1.write(new Uint8Array([1]));
    const c2 = await listener.accept();
    await c2.read(new Uint8Array(1));
    return { c1, c2, stop: () => [c1, c2, listener].forEach((each) => each.close()) };
  };
}

/** Makes two conns that have dialled each other. */
export function bothDialled(address: string): MakePipe {
  return async () => {
    const first = await udp.listen(address);
    const c2Addr = first.localAddr;
    const c1 = await udp.dial(c2Addr);
    first.close();
    await first.closed;
    const c2 = await udp.dial(c1.localAddr, { localAddr: c2Addr });
    return { c1, c2, stop: () => [c1, c2].forEach((each) => each.close()) };
  };
}

/** Makes a peer listener. */
export function peerListener(address: string): MakeListener {
  return async () => {
    const listener = await udp.listenPeers(address);
    return { listener, dial: () => udp.dial(listener.addr), stop: () => listener.close() };
  };
}

/** Makes two conns that listen. */
export function twoListening(address: string): MakePacketConns {
  return async () => {
    const [p1, p2] = await Promise.all([udp.listen(address), udp.listen(address)]);
    return { p1, p2, stop: () => [p1, p2].forEach((each) => each.close()) };
  };
}
