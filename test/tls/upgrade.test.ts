import { describe, expect, test } from "vitest";
import { type Conn, isClosed, isTimeout, type OpError, pipe, type StreamConn } from "../../src/net/index.js";
import * as tcp from "../../src/tcp/index.js";
import * as tls from "../../src/tls/index.js";
import * as unix from "../../src/unix/index.js";
import { bytes, readAllText, readText, reasonOf } from "../support/bytes.js";
import { selfSigned } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing } from "../support/handles.js";
import { rawDial } from "../support/raw.js";
import { freshPath } from "../support/temp.js";

leavesNoSocket();
raisesNothing();
const keep = closing();
const own = await selfSigned();
const asClient = { ca: own.cert, serverName: "localhost" };
const asServer = { isServer: true, ...own };

async function tcpConns(): Promise<[tcp.TCPConn, tcp.TCPConn]> {
  const listener = keep(await tcp.listen("127.0.0.1:0"));
  const [client, server] = await Promise.all([tcp.dial(listener.addr), listener.accept()]);
  return [keep(client), keep(server)];
}

async function unixConns(): Promise<[unix.UnixConn, unix.UnixConn]> {
  const listener = keep(await unix.listen(freshPath()));
  const [client, server] = await Promise.all([unix.dial(listener.addr), listener.accept()]);
  return [keep(client), keep(server)];
}

/** Conns from the system, and such as are not. */
const ways: readonly (() => Promise<[StreamConn, StreamConn]>)[] = [tcpConns, async () => pipe()];

/** Reads to the end of a line, and not a byte further. */
async function readLine(conn: Conn): Promise<string> {
  const p = new Uint8Array(1);
  let line = "";
  for (let n = await conn.read(p); n !== null && p[0] !== 10; n = await conn.read(p)) {
    line += String.fromCharCode(p[0] ?? 0);
  }
  return line;
}

/** Does as SMTP does. */
async function startTLS(a: StreamConn, b: StreamConn): Promise<[tls.TLSConn<never>, tls.TLSConn<never>]> {
  const clientSide = async () => {
    expect(await readLine(a)).toBe("220 ready");
    await a.write(bytes("STARTTLS\n"));
    expect(await readLine(a)).toBe("220 go ahead");
    return tls.upgrade(a, asClient);
  };
  const serverSide = async () => {
    await b.write(bytes("220 ready\n"));
    expect(await readLine(b)).toBe("STARTTLS");
    await b.write(bytes("220 go ahead\n"));
    return tls.upgrade(b, asServer);
  };
  const [client, server] = await Promise.all([clientSide(), serverSide()]);
  return [keep(client), keep(server)] as [tls.TLSConn<never>, tls.TLSConn<never>];
}

/** Passes on no more than the interface asks for. */
function plain<C extends Conn>(conn: C): Conn {
  return {
    read: (p) => conn.read(p),
    write: (p) => conn.write(p),
    close: () => conn.close(),
    closeWrite: () => conn.closeWrite(),
    localAddr: conn.localAddr,
    remoteAddr: conn.remoteAddr,
    readable: conn.readable,
    writable: conn.writable,
    ref: () => conn.ref(),
    unref: () => conn.unref(),
    [Symbol.dispose]: () => conn.close(),
  };
}

describe("STARTTLS", () => {
  const carriers: readonly [over: string, make: () => Promise<[StreamConn, StreamConn]>][] = [
    ["TCP", tcpConns],
    ["a Unix socket", unixConns],
    ["a conn in memory", async () => pipe()],
  ];
  for (const [over, make] of carriers) {
    test(`goes over to TLS in the middle of a conversation over ${over}`, async () => {
      const [a, b] = await make();
      const [client, server] = await startTLS(a, b);
      const welcome = client.write(bytes("EHLO again"));
      expect(await readText(server)).toBe("EHLO again");
      await welcome;
      const answer = server.write(bytes("250 hello"));
      expect(await readText(client)).toBe("250 hello");
      await answer;
      expect(client.localAddr).toBe(a.localAddr);
      expect(server.remoteAddr).toBe(b.remoteAddr);
      expect(client.connectionState).toMatchObject({ verified: true, serverName: "localhost", version: "TLSv1.3" });
      client.close();
      expect(await readText(server)).toBe(null);
      server.close();
      await Promise.all([client.closed, server.closed]);
      expect(isClosed(await reasonOf(a.read(new Uint8Array(1))))).toBe(true);
    });
  }

  test("loses nothing of a client that does not wait for the answer", async () => {
    const [a, b] = await tcpConns();
    void a.write(bytes("STARTTLS\n"));
    const upgrading = tls.upgrade(a, asClient);
    expect(await readLine(b)).toBe("STARTTLS");
    const [client, server] = await Promise.all([upgrading, tls.upgrade(b, asServer)]);
    await keep(client).write(bytes("quick"));
    expect(await readText(keep(server))).toBe("quick");
  });

  test("needs no more than a Conn, on either side", async () => {
    const [a, b] = await tcpConns();
    const [client, server] = await Promise.all([
      tls.upgrade(plain(a), asClient),
      tls.upgrade(plain(b), { isServer: true, serverNames: { localhost: own } }),
    ]);
    await keep(client).write(bytes("hello"));
    expect(await readText(keep(server))).toBe("hello");
  });

  test("can be done on a TLS conn", async () => {
    const [a, b] = await startTLS(...(await tcpConns()));
    const [client, server] = await Promise.all([tls.upgrade(a, asClient), tls.upgrade(b, asServer)]);
    await keep(client).write(bytes("twice as safe"));
    expect(await readText(keep(server))).toBe("twice as safe");
  });
});

describe("the end right after the handshake", () => {
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    for (const make of ways) {
      test(`is seen, from either side, in ${maxVersion} over ${make === tcpConns ? "TCP" : "memory"}`, async () => {
        for (const who of ["client", "server"] as const) {
          const [a, b] = await make();
          const upgrading = {
            client: tls.upgrade(a, { ...asClient, maxVersion }),
            server: tls.upgrade(b, { ...asServer, maxVersion }),
          };
          const ending = upgrading[who].then((conn) => keep(conn).closeWrite());
          const other = keep(await upgrading[who === "client" ? "server" : "client"]);
          expect(await readText(other)).toBe(null);
          await ending;
        }
      });

      test(`comes with what was written, in ${maxVersion} over ${make === tcpConns ? "TCP" : "memory"}`, async () => {
        const [a, b] = await make();
        const [client, server] = await Promise.all([
          tls.upgrade(a as Conn, { ...asClient, maxVersion }).then((conn) => {
            void conn.write(new Uint8Array(50_000).fill(97)).catch(() => {});
            conn.close();
            return conn;
          }),
          tls.upgrade(b as Conn, { ...asServer, maxVersion }),
        ]);
        expect((await readAllText(keep(server))).length).toBe(50_000);
        await client.closed;
      });
    }
  }
});

describe("an upgrade that fails", () => {
  test("closes the conn, and says which check failed", async () => {
    const [a, b] = await tcpConns();
    const accepting = tls.upgrade(b, asServer);
    const err = await reasonOf(tls.upgrade(a, { serverName: "localhost" }));
    const ends = `${a.localAddr.toString()}->${a.remoteAddr.toString()}`;
    const why = "tls: failed to verify certificate: x509: certificate signed by unknown authority (it is self-signed)";
    expect(err).toMatchObject({ message: `handshake tls ${ends}: ${why}`, op: "handshake", net: "tls" });
    await Promise.all([a.closed, accepting.then((conn) => conn.close()).catch(() => {})]);
    expect(isClosed(await reasonOf(a.read(new Uint8Array(1))))).toBe(true);
    await b.closed;
  });

  test("because the peer stays silent closes the conn in time", async () => {
    for (const options of [asClient, asServer]) {
      for (const make of ways) {
        const [a] = await make();
        const err = await reasonOf(tls.upgrade(a, { ...options, handshakeTimeoutMs: 20 }));
        expect(isTimeout(err)).toBe(true);
        expect((err as Error).message).toMatch(/^handshake tls .*: tls: handshake timed out$/);
        await a.closed;
      }
    }
  });

  test("because it is aborted rejects with the reason itself, and closes the conn", async () => {
    for (const options of [asClient, asServer]) {
      const [a] = await tcpConns();
      const abort = new AbortController();
      const upgrading = reasonOf(tls.upgrade(a, { ...options, signal: abort.signal }));
      abort.abort("enough");
      expect(await upgrading).toBe("enough");
      await a.closed;
    }
    const [b] = await tcpConns();
    expect(await reasonOf(tls.upgrade(b, { ...asClient, signal: AbortSignal.abort("never") }))).toBe("never");
  });

  test("because the peer speaks no TLS, leaves or resets closes the conn", async () => {
    for (const options of [asClient, asServer]) {
      for (const treat of ["speak", "end", "reset"] as const) {
        const listener = keep(await tcp.listen("127.0.0.1:0"));
        const [peer, conn] = await Promise.all([rawDial(listener.addr.port), listener.accept()]);
        const upgrading = reasonOf(tls.upgrade(conn, options)) as Promise<OpError>;
        peer.resume();
        if (treat === "speak") peer.write("HELO there, nice to meet you\r\n");
        else if (treat === "end") peer.end();
        else peer.resetAndDestroy();
        expect(await upgrading).toMatchObject({ op: "handshake", net: "tls", timeout: false });
        await conn.closed;
        peer.destroy();
      }
    }
  });

  test("because of what the caller says does not touch the conn", async () => {
    const [a, b] = await tcpConns();
    const mistakes: readonly [options: tls.TLSUpgradeOptions, message: string][] = [
      [{}, "Cannot upgrade as a client: give serverName, or turn rejectUnauthorized off"],
      [{ ca: own.cert }, "Cannot upgrade as a client: give serverName, or turn rejectUnauthorized off"],
      [{ isServer: true }, "Cannot upgrade as a server as TLS needs a certificate: give cert and key, or serverNames"],
      [{ isServer: true, cert: "garbage", key: own.key }, "Cannot use cert and key: "],
      [{ serverName: "localhost", cert: own.cert, key: "garbage" }, "Cannot use cert and key: "],
      [{ serverName: "localhost", ca: "garbage" }, "Cannot use ca: it holds no certificate in PEM"],
    ];
    for (const [options, message] of mistakes) {
      const err = await reasonOf(tls.upgrade(a, options));
      expect(err).toBeInstanceOf(TypeError);
      expect((err as Error).message.startsWith(message)).toBe(true);
    }
    const [client, server] = await Promise.all([
      tls.upgrade(a, { rejectUnauthorized: false }),
      tls.upgrade(b, asServer),
    ]);
    expect(keep(client).connectionState.verified).toBe(false);
    keep(server);
  });
});

describe("a conn underneath that fails later", () => {
  test("fails reads and writes of the TLS conn", async () => {
    for (const who of [0, 1]) {
      const conns = await tcpConns();
      const [client, server] = await Promise.all([tls.upgrade(conns[0], asClient), tls.upgrade(conns[1], asServer)]);
      const [broken, peer] = who === 0 ? [client, conns[1]] : [server, conns[0]];
      const reading = broken.read(new Uint8Array(8)).catch((err: unknown) => err);
      peer.setLinger(0);
      peer.close();
      const end = await reading;
      if (end !== null) expect(end).toMatchObject({ op: "read", net: "tls" });
      expect(await reasonOf(writeOn(broken))).toMatchObject({ op: "write", net: "tls" });
      await broken.closed;
      client.close();
      server.close();
    }
  });
});

async function writeOn(conn: StreamConn): Promise<never> {
  for (;;) {
    await conn.write(new Uint8Array(1024));
    await new Promise(setImmediate);
  }
}
