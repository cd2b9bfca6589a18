import { afterEach, describe, expect, test, vi } from "vitest";
import { isClosed, readAll } from "../../src/net/index.js";
import * as tls from "../../src/tls/index.js";
import { bytes, readAllText, readText, reasonOf, sameBytes, sequence } from "../support/bytes.js";
import { selfSigned } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing } from "../support/handles.js";
import { recordTypes, relayTo } from "../support/relay.js";

leavesNoSocket();
raisesNothing();
const keep = closing();
const own = await selfSigned();
afterEach(() => {
  vi.useRealTimers();
});

for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
  const listen = async () => keep(await tls.listen("127.0.0.1:0", { ...own, maxVersion }));

  async function meet(): Promise<[client: tls.TLSConn, server: tls.TLSConn]> {
    const listener = await listen();
    const [client, server] = await Promise.all([tls.dial(listener.addr, { ca: own.cert }), listener.accept()]);
    return [keep(client), keep(server)];
  }

  describe(`in ${maxVersion}, half-close`, () => {
    test("lets each end go on until it ends its own side", async () => {
      for (const turned of [false, true]) {
        const [client, server] = await meet();
        const [a, b] = turned ? [server, client] : [client, server];
        await a.write(bytes("request"));
        await a.closeWrite();
        await a.closeWrite();
        expect(await readAllText(b)).toBe("request");
        await b.write(bytes("long "));
        await b.write(bytes("answer"));
        expect(await readText(a)).toMatch(/^long /);
        expect(await reasonOf(a.write(bytes("x")))).toMatchObject({ code: "EPIPE", op: "write", net: "tls" });
        await b.closeWrite();
        await Promise.all([a.closed, b.closed]);
      }
    });

    test("comes after all writes that are pending", async () => {
      const [a, b] = await meet();
      const all = sequence(5_000_000);
      const written = Promise.all([
        a.write(all.subarray(0, 4_999_990)),
        a.write(all.subarray(4_999_990)),
        a.closeWrite(),
      ]);
      sameBytes(await readAll(b), all);
      await written;
    });
  });

  describe(`in ${maxVersion}, close`, () => {
    test("delivers what was written in the same tick and not waited for", async () => {
      for (const size of [1, 16_384, 100_000, 200_000]) {
        for (const turned of [false, true]) {
          const [client, server] = await meet();
          const [a, b] = turned ? [server, client] : [client, server];
          const want = sequence(size);
          const reading = readAll(b);
          void a.write(want).catch(() => {}); // it is told that it was closed
          a.close();
          sameBytes(await reading, want);
          await a.closed;
        }
      }
    });

    test("right after the handshake is an end to the peer", async () => {
      for (let i = 0; i < 10; i++) {
        const listener = await listen();
        const accepting = listener.accept().then((conn) => keep(conn).close());
        const client = keep(await tls.dial(listener.addr, { ca: own.cert }));
        expect(await readText(client)).toBe(null);
        await accepting;
      }
      for (let i = 0; i < 10; i++) {
        const listener = await listen();
        const dialling = tls.dial(listener.addr, { ca: own.cert }).then((conn) => keep(conn).close());
        expect(await readText(keep(await listener.accept()))).toBe(null);
        await dialling;
      }
    });

    test("says good-bye as TLS wants it", async () => {
      const listener = await listen();
      const relay = keep(await relayTo(listener.addr.port));
      const [client, server] = await Promise.all([tls.dial(relay.address, { ca: own.cert }), listener.accept()]);
      await server.write(bytes("hello"));
      server.close();
      expect(await readAllText(keep(client))).toBe("hello");
      await server.closed;
      const types = recordTypes(relay.fromServer());
      if (maxVersion === "TLSv1.2") expect(types.slice(-2)).toEqual([23, 21]);
      else expect(types.slice(-2)).toEqual([23, 23]); // TLS 1.3 hides its alerts
    });

    test("waits for its good-bye no longer than five seconds", async () => {
      const [client, server] = await meet();
      const writing = reasonOf(client.write(new Uint8Array(64 * 1024 * 1024)));
      await server.read(new Uint8Array(1));
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      client.close();
      expect(isClosed(await writing)).toBe(true);
      await vi.advanceTimersByTimeAsync(4999);
      let closed = false;
      void client.closed.then(() => {
        closed = true;
      });
      for (let i = 0; i < 20; i++) await new Promise(setImmediate);
      expect(closed).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      await client.closed;
    });

    test("leaves no timer behind", async () => {
      const [client, server] = await meet();
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      client.close();
      await client.closed;
      expect(await readText(server)).toBe(null);
      server.close();
      await server.closed;
      expect(vi.getTimerCount()).toBe(0);
    });
  });

  test(`in ${maxVersion}, a line that is cut between two records looks like an end, as it does in Go`, async () => {
    const listener = await listen();
    const relay = keep(await relayTo(listener.addr.port));
    const [client, server] = await Promise.all([tls.dial(relay.address, { ca: own.cert }), listener.accept()]);
    keep(server);
    await server.write(bytes("hello"));
    expect(await readText(keep(client))).toBe("hello");
    relay.cut();
    expect(await readText(client)).toBe(null);
  });
}
