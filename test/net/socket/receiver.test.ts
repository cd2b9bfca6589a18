import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Receiver, type Sink } from "../../../src/net/socket/receiver.js";
import { closing } from "../../support/closing.js";
import { leavesNoSocket, raisesNothing } from "../../support/handles.js";
import { rawDial } from "../../support/raw.js";

leavesNoSocket();
raisesNothing();
const keep = closing();

/** Gathers what arrives, and stops the source when it has as much as it wants. */
class Gathering implements Sink {
  text = "";
  ended = false;
  readonly #limit: number;
  #notify: () => void = () => {};

  constructor(limit = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }
  push(chunk: Uint8Array): boolean {
    this.text += new TextDecoder().decode(chunk);
    this.#notify();
    return this.text.length < this.#limit;
  }
  end(): void {
    this.ended = true;
    this.#notify();
  }
  async until(done: () => boolean): Promise<void> {
    while (!done()) {
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
  }
}

async function meet(): Promise<{ server: Server; accepted: Socket; peer: Socket }> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  keep({ close: () => server.close() });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepting = once(server, "connection") as Promise<[Socket]>;
  const peer = await rawDial((server.address() as { port: number }).port);
  const [accepted] = await accepting;
  for (const socket of [peer, accepted]) keep({ close: () => socket.destroy() });
  return { server, accepted, peer };
}

describe("adopt", () => {
  test("gives a socket that carries on, and the server forgets the old one", async () => {
    const { server, accepted, peer } = await meet();
    const receiver = new Receiver();
    const address = accepted.remotePort;
    const adopted = receiver.adopt(accepted);
    if (adopted === null) throw new Error("Node does not let us adopt");
    keep({ close: () => adopted.destroy() });
    expect(adopted.remotePort).toBe(address);
    const sink = new Gathering();
    receiver.start(adopted, sink, true);
    peer.write("hello");
    await sink.until(() => sink.text === "hello");
    adopted.write("hi");
    expect(String((await once(peer, "data"))[0])).toBe("hi");
    peer.end();
    await sink.until(() => sink.ended);
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, n) => resolve(n)))).toBe(0);
  });

  test("leaves a socket alone that has begun to read", async () => {
    const { accepted, peer } = await meet();
    accepted.resume();
    peer.write("x");
    await once(accepted, "data");
    expect(new Receiver().adopt(accepted)).toBe(null);
    expect(accepted.destroyed).toBe(false);
  });

  test("leaves a socket alone where Node has no such handle", async () => {
    const { accepted } = await meet();
    const holder = accepted as unknown as { _handle: object };
    const handle = holder._handle;
    holder._handle = Object.create(handle, { useUserBuffer: { value: undefined } }) as object;
    expect(new Receiver().adopt(accepted)).toBe(null);
    holder._handle = handle;
  });
});

describe.each(["the shared buffer", "'data' events"])("with %s, a receiver", (way) => {
  async function start(sink: Sink): Promise<{ receiver: Receiver; peer: Socket }> {
    const { accepted, peer } = await meet();
    const receiver = new Receiver();
    const adopted = way === "the shared buffer" ? receiver.adopt(accepted) : null;
    if (adopted !== null) keep({ close: () => adopted.destroy() });
    receiver.start(adopted ?? accepted, sink, adopted !== null);
    return { receiver, peer };
  }

  test("stops the socket when the sink says so, and lets it go on", async () => {
    const sink = new Gathering(10);
    const { receiver, peer } = await start(sink);
    peer.write("0123456789");
    await sink.until(() => sink.text.length >= 10);
    peer.write("more");
    await new Promise((resolve) => peer.write("", resolve));
    for (let i = 0; i < 5; i++) await new Promise(setImmediate);
    expect(sink.text).toBe("0123456789");
    receiver.resume();
    await sink.until(() => sink.text.endsWith("more"));
    peer.end();
    receiver.resume();
    await sink.until(() => sink.ended);
  });
});
