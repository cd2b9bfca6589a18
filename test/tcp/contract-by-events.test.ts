import { afterAll, expect, test, vi } from "vitest";
import { leavesNoSocket } from "../support/handles.js";
import { runConnCases, runListenerCases } from "../support/run-cases.js";

// The modules look at the environment when they are loaded.
vi.stubEnv("TOOLKIT_ONREAD", "0");
const tcp = await import("../../src/tcp/index.js");
const { Receiver } = await import("../../src/net/socket/receiver.js");

afterAll(() => vi.unstubAllEnvs());
leavesNoSocket();

test("TOOLKIT_ONREAD=0 turns the shared buffer off", () => {
  expect(new Receiver().onread).toBeUndefined();
});

runConnCases("the conn contract holds where sockets are read by 'data' events", async () => {
  const listener = await tcp.listen("127.0.0.1:0");
  const [c1, c2] = await Promise.all([tcp.dial(listener.addr), listener.accept()]);
  return { c1, c2, stop: () => [c1, c2, listener].forEach((each) => each.close()) };
});

runListenerCases("the listener contract holds where sockets are read by 'data' events", async () => {
  const listener = await tcp.listen("127.0.0.1:0");
  return { listener, dial: () => tcp.dial(listener.addr), stop: () => listener.close() };
});
