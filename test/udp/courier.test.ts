import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { Courier } from "../../src/udp/courier.js";
import { UDPAddr } from "../../src/udp/index.js";
import { bytes } from "../support/bytes.js";
import { closing } from "../support/closing.js";

const keep = closing();
const addr = new UDPAddr();

describe("a courier on a socket of Node", () => {
  test("learns at once that a datagram has left", async () => {
    const socket = keep(createSocket({ type: "udp4", lookup: (host, _family, answer) => answer(null, host, 4) }));
    const listening = once(socket, "listening");
    socket.bind(0, "127.0.0.1");
    await listening;
    const landed: unknown[] = [];
    const courier = new Courier(socket, (err) => landed.push(err));
    const target = { host: "127.0.0.1", port: socket.address().port, addr };
    const got: string[] = [];
    for (const text of ["one", "", "three"]) {
      expect(courier.send(bytes(text), target)).toBeNull();
      const [data] = (await once(socket, "message")) as [Buffer];
      got.push(data.toString());
    }
    expect(got).toEqual(["one", "", "three"]);
    expect(courier.send(new Uint8Array(65_508), target)).toMatchObject({ code: "EMSGSIZE", syscall: "send" });
    expect(landed).toEqual([]);
  });

  test("learns it on a connected one too", async () => {
    const [socket, peer] = [keep(createSocket("udp6")), keep(createSocket("udp6"))];
    peer.bind(0, "::1");
    await once(peer, "listening");
    socket.connect(peer.address().port, "::1");
    await once(socket, "connect");
    const courier = new Courier(socket, () => {});
    for (const text of ["one", "two"]) {
      expect(courier.send(bytes(text), null)).toBeNull();
      const [data] = (await once(peer, "message")) as [Buffer];
      expect(data.toString()).toBe(text);
    }
  });
});

const state = Symbol("state symbol");

/** A socket that calls its handle in ways that a version of Node yet to come might have. */
class OtherSocket {
  readonly sent: unknown[][] = [];
  readonly [state]: { handle: { send(...call: unknown[]): unknown } };
  readonly #call: (data: Uint8Array) => unknown[];

  constructor(call: (data: Uint8Array) => unknown[], answer: unknown) {
    this.#call = call;
    const send = (...args: unknown[]) => {
      this.sent.push(args);
      return answer;
    };
    this[state] = { handle: { send } };
  }

  send(data: Uint8Array, _port: number, _host: string, done: (err: null) => void): void {
    this[state].handle.send(...this.#call(data));
    process.nextTick(done, null);
  }
}

describe("a courier that does not know how a socket calls its handle", () => {
  const list = (data: Uint8Array) => [data];
  const request = (data: Uint8Array) => ({ list: list(data), oncomplete() {} });
  const ways: Readonly<Record<string, readonly [call: (data: Uint8Array) => unknown[], answer: unknown]>> = {
    "more arguments": [
      (data) => {
        const made = request(data);
        return [made, made.list, 1, 9, "127.0.0.1", true, 0];
      },
      4,
    ],
    "another order": [
      (data) => {
        const made = request(data);
        return [made, made.list, 1, "127.0.0.1", 9, true];
      },
      4,
    ],
    "another request": [(data) => [{ buffers: list(data) }, list(data), 1, 9, "127.0.0.1", true], 4],
    "another answer": [
      (data) => {
        const made = request(data);
        return [made, made.list, 1, 9, "127.0.0.1", true];
      },
      3,
    ],
    "no answer": [
      (data) => {
        const made = request(data);
        return [made, made.list, 1, 9, "127.0.0.1", true];
      },
      undefined,
    ],
  };
  for (const [what, [call, answer]] of Object.entries(ways)) {
    test(`goes by callbacks: ${what}`, async () => {
      const socket = new OtherSocket(call, answer);
      let landed: (err: Error | null) => void = () => {};
      const courier = new Courier(socket as unknown as Socket, (err) => landed(err));
      for (let i = 0; i < 3; i++) {
        const told = new Promise((resolve) => {
          landed = resolve;
        });
        expect(courier.send(bytes("abc"), { host: "127.0.0.1", port: 9, addr })).toBe("kept");
        expect(await told).toBeNull();
      }
      expect(socket.sent).toHaveLength(3);
    });
  }

  test("reports what the socket throws", () => {
    const socket = {
      send() {
        throw new TypeError("Cannot send");
      },
    };
    const courier = new Courier(socket as unknown as Socket, () => {});
    expect(courier.send(bytes("abc"), { host: "127.0.0.1", port: 9, addr })).toBeInstanceOf(TypeError);
    expect(courier.send(bytes("abc"), null)).toBeInstanceOf(TypeError);
  });
});
