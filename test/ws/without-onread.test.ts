import { afterAll, beforeAll, describe, test, vi } from "vitest";
import { connCases, type MakePipe } from "../../src/nettest/index.js";
import type * as WS from "../../src/ws/index.js";
import { closeAll } from "./raw-peer.js";

let ws: typeof WS;
beforeAll(async () => {
  vi.stubEnv("TOOLKIT_ONREAD", "0");
  vi.resetModules();
  ws = await import("../../src/ws/index.js");
});
afterAll(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

const makePipe: MakePipe = async () => {
  const listener = await ws.listen("127.0.0.1:0");
  const [c1, c2] = await Promise.all([ws.dial(listener.addr.toString()), listener.accept()]);
  listener.close();
  return { c1, c2, stop: () => closeAll(c1, c2) };
};

describe("without the shared receive buffer a ws conn keeps the contract too", () => {
  for (const c of connCases) test(c.name, () => c.run(makePipe));
});
