import { describe, test } from "vitest";
import { type MakePacketConns, packetConnCases } from "../../src/nettest/index.js";
import { raisesNothing } from "../support/handles.js";
import { runConnCases, runListenerCases } from "../support/run-cases.js";
import { bothDialled, dialledAndAccepted, peerListener, twoListening } from "./pairs.js";

raisesNothing();

for (const address of ["127.0.0.1:0", "[::1]:0"]) {
  runConnCases(`the conn contract holds between dial and listenPeers at ${address}`, dialledAndAccepted(address));
  runConnCases(`the conn contract holds between two dialled conns at ${address}`, bothDialled(address));
  runListenerCases(`the listener contract holds for listenPeers at ${address}`, peerListener(address));
  runPacketConnCases(`the packet conn contract holds at ${address}`, twoListening(address));
}

function runPacketConnCases(name: string, make: MakePacketConns): void {
  describe(name, () => {
    for (const c of packetConnCases) test(c.name, () => c.run(make));
  });
}
