import { describe, test } from "vitest";
import { connCases, type MakePipe } from "../../../src/nettest/index.js";
import * as browser from "../../../src/ws/browser/index.js";
import * as ws from "../../../src/ws/index.js";
import { asInBrowser, type Kind } from "./fakes.js";

asInBrowser();

function makePipe(kind: Kind, flip: boolean): MakePipe {
  return async () => {
    const listener = await ws.listen("127.0.0.1:0");
    const dialling = browser.dial(listener.addr.toString(), { webSocketStream: kind === "stream" });
    const [client, server] = await Promise.all([dialling, listener.accept()]);
    listener.close();
    const stop = async () => {
      client.close();
      server.close();
      await Promise.all([client.closed, server.closed]);
    };
    return flip ? { c1: server, c2: client, stop } : { c1: client, c2: server, stop };
  };
}

/** These write to a peer until it makes them wait; so do those that say that they need back-pressure. */
const stalls: readonly string[] = ["PeerClose", "DeadlineMovedEarlier", "DeadlineMovedLater"];

describe.concurrent("a browser's conn on a WebSocketStream keeps the contract of StreamConn", () => {
  for (const c of connCases) test(c.name, () => c.run(makePipe("stream", false)));
});

describe.concurrent("so does the peer of one", () => {
  for (const c of connCases) test(c.name, () => c.run(makePipe("stream", true)));
});

describe.concurrent("so does one on a plain WebSocket, but that the browser drops what comes after closeWrite", () => {
  for (const c of connCases.filter(({ name }) => name !== "HalfClose")) {
    test(c.name, () => c.run(makePipe("plain", false)));
  }
});

describe.concurrent("so does the peer of one, but that it is not made to wait", () => {
  for (const c of connCases.filter(({ name, needs }) => !needs.includes("backPressure") && !stalls.includes(name))) {
    test(c.name, () => c.run(makePipe("plain", true)));
  }
});
