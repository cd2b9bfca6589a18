import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connCases, listenerCases, type MakeListener, type MakePipe } from "../../src/nettest/index.js";
import * as ws from "../../src/ws/index.js";
import { trackTimers } from "../nettest/track-timers.js";

const makeListener: MakeListener = async () => {
  const listener = await ws.listen("127.0.0.1:0");
  return { listener, dial: () => ws.dial(listener.addr.toString()), stop: () => listener.close() };
};

function makePipe(flip: boolean): MakePipe {
  return async () => {
    const listener = await ws.listen("127.0.0.1:0");
    const [client, server] = await Promise.all([ws.dial(listener.addr.toString()), listener.accept()]);
    listener.close();
    const stop = async () => {
      client.close();
      server.close();
      await Promise.all([client.closed, server.closed]);
    };
    return flip ? { c1: server, c2: client, stop } : { c1: client, c2: server, stop };
  };
}

describe("a ws conn keeps the contract of StreamConn, and leaves no timer,", () => {
  let timers: ReturnType<typeof trackTimers>;
  beforeEach(() => {
    timers = trackTimers();
  });
  afterEach(() => {
    timers.restore();
    expect(timers.pending()).toBe(0);
  });

  describe("as the client", () => {
    for (const c of connCases) test(c.name, () => c.run(makePipe(false)));
  });
  describe("as the server", () => {
    for (const c of connCases) test(c.name, () => c.run(makePipe(true)));
  });
});

describe("a ws listener keeps the contract of Listener", () => {
  for (const c of listenerCases) test(c.name, () => c.run(makeListener));
});
