import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { dial, listen, type Network } from "../src/index.js";
import { copy, OpError, readFull, type StreamConn } from "../src/net/index.js";
import { selfSigned } from "./support/certificate.js";

const folder = mkdtempSync(join(tmpdir(), "toolkit-root-"));
afterAll(() => rmSync(folder, { recursive: true }));

const { cert, key } = await selfSigned();

/** Where each network listens; the options are those that all can be given. */
const addresses: Readonly<Record<Network, string>> = {
  tcp: "127.0.0.1:0",
  tcp4: "127.0.0.1:0",
  tcp6: "[::1]:0",
  tls: "127.0.0.1:0",
  unix: join(folder, "echo.sock"),
  udp: "127.0.0.1:0",
  udp4: "127.0.0.1:0",
  udp6: "[::1]:0",
  ws: "127.0.0.1:0",
  wss: "127.0.0.1:0",
};
const secure: readonly string[] = ["tls", "wss"];

describe("dial and listen", () => {
  for (const [network, address] of Object.entries(addresses) as [Network, string][]) {
    test(`carry an echo over ${network}`, async () => {
      const listener = await listen(network, address, secure.includes(network) ? { cert, key } : undefined);
      const accepted = listener.accept() as Promise<StreamConn>;
      const served = accepted.then((conn) => copy(conn, conn)).catch(() => {});
      const conn = await dial(network, listener.addr.toString(), secure.includes(network) ? { ca: cert } : undefined);
      expect(conn.localAddr.transport).toBe(network.replace(/[46]$/, "").replace("tls", "tcp"));
      await conn.write(new TextEncoder().encode("hello"));
      const p = new Uint8Array(5);
      await readFull(conn, p);
      expect(new TextDecoder().decode(p)).toBe("hello");
      conn.close();
      await conn.closed;
      listener.close();
      if (network.startsWith("udp")) (await accepted).close(); // a peer of datagrams ends by its silence only
      await served;
      (await accepted).close();
    });
  }

  test("give the adapter's own conn, typed", async () => {
    const listener = await listen("tcp", "127.0.0.1:0", { backlog: 1 });
    const conn = await dial("tcp", listener.addr.toString(), { noDelay: false });
    conn.setNoDelay(true);
    conn.close();
    listener.close();
  });

  test.each(["foo", "TCP", "toString", "__proto__"])("refuse the unknown network %j", async (network) => {
    const failed = dial(network as Network, "127.0.0.1:1");
    await expect(failed).rejects.toThrow(`dial ${network}: unknown network ${network}`);
    await expect(failed).rejects.toBeInstanceOf(OpError);
    await expect(listen(network as Network, "127.0.0.1:0")).rejects.toThrow(`unknown network ${network}`);
  });

  test("name the network and the address in errors", async () => {
    await expect(dial("tcp4", "127.0.0.1")).rejects.toThrow("dial tcp4: address 127.0.0.1: missing port in address");
    await expect(dial("tcp", "127.0.0.1:1")).rejects.toThrow("dial tcp 127.0.0.1:1: connect: connection refused");
    await expect(listen("udp", "127.0.0.1:99999")).rejects.toThrow("listen udp: address 99999: invalid port");
    await expect(listen("wss", "127.0.0.1:0", {})).rejects.toThrow(TypeError);
    await expect(listen("tls", "127.0.0.1:0")).rejects.toThrow(TypeError);
  });
});
