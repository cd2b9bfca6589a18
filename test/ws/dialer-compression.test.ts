import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { Dialer } from "../../src/ws/dialer.js";
import * as ws from "../../src/ws/index.js";
import type { DialerOptions } from "../../src/ws/options.js";
import { closing } from "../support/closing.js";
import { agreeing, answering } from "./dial-peers.js";

const opened = closing();
const gorillas = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

async function negotiate(options: DialerOptions, answer?: string) {
  const fields = answer === undefined ? [] : [`Sec-WebSocket-Extensions: ${answer}`];
  const server = opened(await answering((request, socket) => void socket.write(agreeing(request, ...fields))));
  const dialling = new Dialer(options).dial(server.url);
  await dialling.then(
    ({ conn }) => conn.closeNow(),
    () => {},
  );
  return { offer: /^Sec-WebSocket-Extensions: (.*)\r$/m.exec(server.requests[0] ?? "")?.[1], dialling };
}

describe("compression", () => {
  test.each<[DialerOptions, string | undefined]>([
    [{}, undefined],
    [{ enableCompression: false }, undefined],
    [{ enableCompression: true }, gorillas],
    [{ enableCompression: {} }, gorillas],
    [{ enableCompression: { contextTakeover: true } }, "permessage-deflate"],
  ])("%j offers %s", async (options, want) => {
    const { offer, dialling } = await negotiate(options);
    expect(
      offer
        ?.split("; ")
        .filter((part) => part !== "client_max_window_bits")
        .join("; "),
    ).toBe(want);
    await dialling;
  });

  test("an answer that breaks the offer is refused", async () => {
    const { dialling } = await negotiate({ enableCompression: true }, gorillas);
    await dialling;
    for (const answer of ["permessage-deflate", "x-foo", `${gorillas}, ${gorillas}`, "permessage-deflate; x=1"]) {
      const { dialling: refused } = await negotiate({ enableCompression: true }, answer);
      await expect(refused).rejects.toBeInstanceOf(ws.BadHandshakeError);
    }
  });

  test.each([true, { contextTakeover: true }, { thresholdBytes: 0, level: 9 }])(
    "messages pass, with %j",
    async (enableCompression) => {
      const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: { threshold: 0 } });
      opened(server);
      await once(server, "listening");
      server.on("connection", (socket) => {
        socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
      });
      const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const { conn, response } = await new Dialer({ enableCompression }).dial(url);
      expect(response.headers["sec-websocket-extensions"]).toMatch(/^permessage-deflate/);
      for (const text of ["", "short", "long ".repeat(10_000), "long ".repeat(10_000)]) {
        await conn.writeMessage(ws.TextMessage, text);
        expect((await conn.readMessage()).text()).toBe(text);
      }
      conn.close();
      await conn.closed;
    },
  );
});
