import type * as Dgram from "node:dgram";
import { expect, test, vi } from "vitest";
import * as udp from "../../src/udp/index.js";
import { reasonOf } from "../support/bytes.js";

const fault = { code: "EAFNOSUPPORT" };

// A machine that has no IPv6, and no say over buffers.
vi.mock("node:dgram", async (original) => {
  const dgram = await original<typeof Dgram>();
  const createSocket = (options: Dgram.SocketOptions) => {
    const socket = dgram.createSocket(options);
    socket.setRecvBufferSize = () => {
      throw new Error("not today");
    };
    if (options.type === "udp4") return socket;
    socket.bind = () => {
      socket.emit("error", Object.assign(new Error("bind"), fault));
      return socket;
    };
    return socket;
  };
  return { ...dgram, createSocket };
});

for (const code of ["EAFNOSUPPORT", "EADDRNOTAVAIL"]) {
  test(`listening on any address falls back to IPv4: ${code}`, async () => {
    fault.code = code;
    for (const address of [":0", "0.0.0.0:0", ""]) {
      const conn = await udp.listen(address);
      expect(conn.localAddr.hostname).toBe("0.0.0.0");
      conn.close();
      const listener = await udp.listenPeers(address);
      expect(listener.addr.hostname).toBe("0.0.0.0");
      listener.close();
    }
  });
}

test("what asks for IPv6 gets an error", async () => {
  fault.code = "EAFNOSUPPORT";
  const text = "bind: address family not supported by protocol";
  expect(await reasonOf(udp.listen("[::1]:0"))).toMatchObject({ message: `listen udp [::1]:0: ${text}` });
  expect(await reasonOf(udp.listenUDP("udp6", null))).toMatchObject({ message: `listen udp6 :0: ${text}` });
  expect(await reasonOf(udp.dial("[::1]:9"))).toMatchObject({ message: `dial udp [::1]:9: ${text}` });
});

test("other failures are not taken for a lack of IPv6", async () => {
  fault.code = "EADDRINUSE";
  expect(await reasonOf(udp.listen(":0"))).toMatchObject({ message: "listen udp :0: bind: address already in use" });
});

test("a size that was asked for must be granted", async () => {
  expect(await reasonOf(udp.listen("127.0.0.1:0", { readBufferBytes: 1000 }))).toMatchObject({
    message: "listen udp 127.0.0.1:0: not today",
  });
});
