import type { MakeListener, MakePipe } from "../../src/nettest/index.js";
import * as tcp from "../../src/tcp/index.js";
import { leavesNoSocket } from "../support/handles.js";
import { runConnCases, runListenerCases } from "../support/run-cases.js";

const makeConns =
  (address: string): MakePipe =>
  async () => {
    const listener = await tcp.listen(address);
    const [c1, c2] = await Promise.all([tcp.dial(listener.addr), listener.accept()]);
    return { c1, c2, stop: () => [c1, c2, listener].forEach((each) => each.close()) };
  };

const makeListener =
  (address: string): MakeListener =>
  async () => {
    const listener = await tcp.listen(address);
    return { listener, dial: () => tcp.dial(listener.addr), stop: () => listener.close() };
  };

leavesNoSocket();

for (const address of ["127.0.0.1:0", "[::1]:0"]) {
  runConnCases(`the conn contract holds at ${address}`, makeConns(address));
  runListenerCases(`the listener contract holds at ${address}`, makeListener(address));
}
