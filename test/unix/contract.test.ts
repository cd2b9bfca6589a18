import { randomUUID } from "node:crypto";
import type { MakeListener, MakePipe } from "../../src/nettest/index.js";
import * as unix from "../../src/unix/index.js";
import { leavesNoSocket } from "../support/handles.js";
import { runConnCases, runListenerCases } from "../support/run-cases.js";
import { freshPath } from "../support/temp.js";

const makeConns =
  (path: () => string): MakePipe =>
  async () => {
    const listener = await unix.listen(path());
    const [c1, c2] = await Promise.all([unix.dial(listener.addr), listener.accept()]);
    return { c1, c2, stop: () => [c1, c2, listener].forEach((each) => each.close()) };
  };

const makeListener =
  (path: () => string): MakeListener =>
  async () => {
    const listener = await unix.listen(path());
    return { listener, dial: () => unix.dial(listener.addr), stop: () => listener.close() };
  };

leavesNoSocket();

runConnCases("the conn contract holds at a path", makeConns(freshPath));
runListenerCases("the listener contract holds at a path", makeListener(freshPath));

if (process.platform === "linux") {
  const freshName = () => `@toolkit-test-${randomUUID()}`;
  runConnCases("the conn contract holds at an abstract name", makeConns(freshName));
  runListenerCases("the listener contract holds at an abstract name", makeListener(freshName));
}
