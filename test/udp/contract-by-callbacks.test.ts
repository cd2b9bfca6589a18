import { createSocket, Socket } from "node:dgram";
import { afterAll, expect, test, vi } from "vitest";
import { packetConnCases } from "../../src/nettest/index.js";
import { Courier } from "../../src/udp/courier.js";
import { raisesNothing } from "../support/handles.js";
import { runConnCases, runListenerCases } from "../support/run-cases.js";
import { dialledAndAccepted, peerListener, twoListening } from "./pairs.js";

// A runtime that only looks like Node shows no handle in its sockets.
const { getOwnPropertySymbols } = Object;
vi.spyOn(Object, "getOwnPropertySymbols").mockImplementation((value: object) =>
  value instanceof Socket ? [] : getOwnPropertySymbols(value),
);

afterAll(() => vi.restoreAllMocks());
raisesNothing();

test("without a handle to watch, every datagram is answered for by its callback", async () => {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const target = { host: "127.0.0.1", port: socket.address().port, addr: undefined as never };
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => {
      const courier = new Courier(socket, resolve);
      expect(courier.send(new Uint8Array(1), target)).toBe("kept");
    });
  }
  socket.close();
});

runConnCases("the conn contract holds where callbacks tell of each datagram", dialledAndAccepted("127.0.0.1:0"));
runListenerCases("the listener contract holds where callbacks tell of each datagram", peerListener("127.0.0.1:0"));
for (const c of packetConnCases) {
  test(`the packet conn contract holds where callbacks tell of each datagram: ${c.name}`, () =>
    c.run(twoListening("127.0.0.1:0")));
}
