import type { Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Dialer, type Dialled } from "../../src/ws/dialer.js";
import * as ws from "../../src/ws/index.js";
import { closing } from "../support/closing.js";
import { type Answer, agreeing, answering } from "./dial-peers.js";

const opened = closing();

async function dial(answer: Answer, options: ConstructorParameters<typeof Dialer>[0] = {}) {
  const server = opened(await answering(answer));
  return new Dialer(options).dial(server.url);
}

const with101 = (...fields: string[]) => `HTTP/1.1 101 Switching Protocols\r\n${fields.join("\r\n")}\r\n\r\n`;
const agreeWith =
  (...fields: string[]) =>
  (request: string, socket: Socket): void =>
    void socket.write(agreeing(request, ...fields));

describe("an answer is taken", () => {
  test.each<[string, (request: string) => string]>([
    [
      "with more tokens than needed",
      (r) => agreeing(r).replace("websocket", "foo, WebSocket").replace("n: Upgrade", "n: upgrade, keep-alive"),
    ],
    [
      "with tokens in other lines",
      (r) => agreeing(r, "Connection: foo").replace("Upgrade: websocket", "upgrade: WEBSOCKET"),
    ],
    ["with other words beside the status", (r) => agreeing(r).replace("Switching Protocols", "OK")],
    [
      "after provisional ones",
      (r) => `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${agreeing(r)}`,
    ],
    ["with an empty subprotocol for none", (r) => agreeing(r, "Sec-WebSocket-Protocol:")],
  ])("%s", async (_, answer) => {
    const { conn } = await dial((request, socket) => void socket.write(answer(request)));
    expect(conn.subprotocol).toBe("");
    conn.closeNow();
  });

  test("byte by byte", async () => {
    const drip = async (request: string, socket: Socket) => {
      socket.setNoDelay(true);
      for (const byte of Buffer.concat([Buffer.from(agreeing(request)), Buffer.from([0x81, 2, 0x68, 0x69])])) {
        await new Promise((resolve) => socket.write(Uint8Array.of(byte), resolve));
      }
    };
    const { conn } = await dial((request, socket) => void drip(request, socket));
    expect((await conn.readMessage()).text()).toBe("hi");
    conn.closeNow();
  });
});

describe("an answer is refused", () => {
  const accept = "Sec-WebSocket-Accept: x";
  const tokens = ["Upgrade: websocket", "Connection: Upgrade"];
  test.each<[string, Answer, string]>([
    ["a 101 of another protocol", with101("Upgrade: h2c", "Connection: Upgrade"), "no 'websocket' in Upgrade"],
    ["a 101 without Upgrade", with101("Connection: Upgrade"), "no 'websocket' in Upgrade"],
    ["a 101 without Connection", with101("Upgrade: websocket"), "no 'upgrade' in Connection"],
    ["a 101 without anything", with101(), "no 'websocket' in Upgrade"],
    ["a 101 without Sec-WebSocket-Accept", with101(...tokens), "wrong Sec-WebSocket-Accept"],
    ["a wrong Sec-WebSocket-Accept", with101(...tokens, accept), "wrong Sec-WebSocket-Accept"],
    ["two of them", agreeWith(accept), "wrong Sec-WebSocket-Accept"],
    [
      "an extension that was not offered",
      agreeWith("Sec-WebSocket-Extensions: permessage-deflate"),
      "an extension that was not offered",
    ],
    ["an unknown extension", agreeWith("Sec-WebSocket-Extensions: x-foo"), "an extension that was not offered"],
    ["extensions that are none", agreeWith("Sec-WebSocket-Extensions: =;"), "Unexpected character at index 0"],
    [
      "a subprotocol that was not offered",
      agreeWith("Sec-WebSocket-Protocol: c"),
      "a subprotocol that was not offered",
    ],
    ["two subprotocols", agreeWith("Sec-WebSocket-Protocol: a, b"), "a subprotocol that was not offered"],
    ["a success of another kind", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "status 200"],
    ["a redirect to GET", "HTTP/1.1 303 See Other\r\nContent-Length: 0\r\n\r\n", "status 303"],
    ["an upgrade that is no 101", "HTTP/1.1 200 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "status 200"],
  ])("%s", async (_, answer, why) => {
    const dialling = dial(answer, { subprotocols: ["a", "b"] });
    await expect(dialling).rejects.toBeInstanceOf(ws.BadHandshakeError);
    await expect(dialling).rejects.toThrow(`websocket: bad handshake: ${why}`);
  });

  test("a subprotocol where none was offered", async () => {
    await expect(dial(agreeWith("Sec-WebSocket-Protocol: a"))).rejects.toThrow("a subprotocol that was not offered");
  });
});

describe("no answer at all", () => {
  const big = `X: ${"x".repeat(30_000)}`;
  const many = Array.from({ length: 20_000 }, (_, i) => `X-${i}: ${i}`);
  test.each<[string, Answer, object, string]>([
    [
      "garbage",
      "\x00\x01\x02 garbage \r\n\r\n",
      { code: "HPE_INVALID_CONSTANT" },
      "malformed HTTP response: Expected HTTP/",
    ],
    [
      "a TLS server's alert",
      "\x15\x03\x01\x00\x02\x02\x46",
      { code: "HPE_INVALID_CONSTANT" },
      "malformed HTTP response",
    ],
    [
      "a header line without a colon",
      "HTTP/1.1 101 X\r\nnocolon\r\n\r\n",
      { code: "HPE_INVALID_HEADER_TOKEN" },
      "malformed HTTP response",
    ],
    [
      "a header field that is too big",
      with101(big),
      { code: "HPE_HEADER_OVERFLOW" },
      "malformed HTTP response: Header overflow",
    ],
    [
      "too many header fields",
      agreeWith(...many),
      { code: "HPE_HEADER_OVERFLOW" },
      "malformed HTTP response: Header overflow",
    ],
    ["half an answer", "HTTP/1.1 101 Switching Pro", { code: "ECONNRESET" }, "unexpected EOF"],
    ["half a header", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: web", { code: "ECONNRESET" }, "unexpected EOF"],
    ["an early end", "", { code: "ECONNRESET" }, "unexpected EOF"],
    ["an early close", (_, socket) => void socket.destroy(), { code: "ECONNRESET" }, "unexpected EOF"],
    ["a reset", (_, socket) => void socket.resetAndDestroy(), { code: "ECONNRESET" }, "read: connection reset by peer"],
  ])("%s", async (_, answer, want, why) => {
    const dialling = dial(answer);
    await expect(dialling).rejects.toMatchObject({ name: "OpError", op: "dial", ...want });
    await expect(dialling).rejects.toThrow(why);
  });

  test("a flood of provisional answers ends with the time limit", async () => {
    const flood: Answer = (_, socket) => {
      const timer = setInterval(() => socket.write("HTTP/1.1 102 Processing\r\n\r\n".repeat(100)), 1);
      socket.once("close", () => clearInterval(timer));
    };
    await expect(dial(flood, { handshakeTimeoutMs: 50 })).rejects.toMatchObject({ timeout: true });
  });
});

test("a server that goes right behind its 101 is a conn that ends", async () => {
  const { conn } = await dial((request, socket) => void socket.end(agreeing(request)));
  await expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1006 });
  await conn.closed;
});

test("any answer gives a conn, a BadHandshakeError or an OpError, and leaves nothing open", async () => {
  const mutation = fc.record({ at: fc.nat(250), cut: fc.nat(20), put: fc.string({ maxLength: 4 }) });
  let mutations: { at: number; cut: number; put: string }[] = [];
  const server = opened(
    await answering((request, socket) => {
      let answer = agreeing(request, "Set-Cookie: a=1", "X-Long: 0123456789");
      for (const { at, cut, put } of mutations) answer = answer.slice(0, at) + put + answer.slice(at + cut);
      socket.end(answer);
    }),
  );
  const dialler = new Dialer({ handshakeTimeoutMs: 1000 });
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { maxLength: 3 }), async (some) => {
      mutations = some;
      const outcome = await dialler.dial(server.url).catch((err: unknown) => err);
      if (outcome instanceof Error) expect(["OpError", "BadHandshakeError"]).toContain(outcome.name);
      else await (outcome as Dialled).conn.readMessage().catch(() => {});
    }),
    { numRuns: 200 },
  );
  await server.gone();
});
