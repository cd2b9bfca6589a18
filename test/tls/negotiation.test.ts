import { describe, expect, test } from "vitest";
import * as tls from "../../src/tls/index.js";
import { reasonOf } from "../support/bytes.js";
import { authority } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing } from "../support/handles.js";

leavesNoSocket();
raisesNothing();
const keep = closing();

const ca = await authority();
const own = await ca.issue(["127.0.0.1"]);
const names = ["a.test", "*.a.test", "b.a.test", "*.c.test"];
const serverNames = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await ca.issue([name])] as const)),
);

async function meet(
  serverOptions: tls.TLSListenOptions,
  clientOptions: tls.TLSDialOptions = {},
): Promise<[client: tls.TLSConn, server: tls.TLSConn]> {
  const listener = keep(await tls.listen("127.0.0.1:0", serverOptions));
  const dialling = tls.dial(listener.addr, { ca: ca.cert, ...clientOptions });
  dialling.catch(() => listener.close());
  const [client, server] = await Promise.all([dialling, listener.accept()]);
  return [keep(client), keep(server)];
}

/** Returns what either end says when they do not agree. */
async function disagreement(
  serverOptions: tls.TLSListenOptions,
  clientOptions: tls.TLSDialOptions,
): Promise<[client: string, server: string]> {
  let tell: (err: Error) => void = () => {};
  const reported = new Promise<Error>((resolve) => {
    tell = resolve;
  });
  const listener = keep(await tls.listen("127.0.0.1:0", { ...serverOptions, onError: tell }));
  const dialling = reasonOf(tls.dial(listener.addr, { ca: ca.cert, ...clientOptions })) as Promise<Error>;
  const prefix = `dial tls ${listener.addr.toString()}: `;
  const [client, server] = await Promise.all([dialling, reported]);
  expect(client.message.startsWith(prefix)).toBe(true);
  return [client.message.slice(prefix.length), server.message];
}

describe("connectionState", () => {
  test("tells what was settled, the same to both ends, and handshake resolves at once", async () => {
    const [client, server] = await meet(own);
    for (const conn of [client, server]) {
      expect(conn.connectionState).toMatchObject({
        version: "TLSv1.3",
        cipherSuite: "TLS_AES_256_GCM_SHA384",
        negotiatedProtocol: "",
        serverName: "",
      });
      expect(await conn.handshake()).toEqual({ alpnProtocol: null });
    }
    expect(client.connectionState.peerCertificate?.subjectaltname).toBe("IP Address:127.0.0.1");
    expect(server.connectionState.peerCertificate).toBe(null);
    expect(server.connectionState.verified).toBe(false);
    expect(client.remoteAddr).toEqual(server.localAddr);
    expect(server.remoteAddr).toEqual(client.localAddr);
    expect(client.localAddr).toBeInstanceOf(tls.TCPAddr);
  });
});

describe("versions", () => {
  const cases: readonly [server: tls.TLSOptions, client: tls.TLSOptions, want: string][] = [
    [{}, {}, "TLSv1.3"],
    [{ maxVersion: "TLSv1.2" }, {}, "TLSv1.2"],
    [{}, { maxVersion: "TLSv1.2" }, "TLSv1.2"],
    [{ minVersion: "TLSv1.3" }, {}, "TLSv1.3"],
    [{ minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }, { minVersion: "TLSv1.2" }, "TLSv1.2"],
  ];
  for (const [server, client, want] of cases) {
    test(`${JSON.stringify(server)} and ${JSON.stringify(client)} meet at ${want}`, async () => {
      for (const conn of await meet({ ...own, ...server }, client)) expect(conn.connectionState.version).toBe(want);
    });
  }

  test("that do not meet are told to both ends", async () => {
    const [client, server] = await disagreement({ ...own, minVersion: "TLSv1.3" }, { maxVersion: "TLSv1.2" });
    expect(client).toBe("remote error: tls: protocol version");
    expect(server).toBe("tls: no supported versions satisfy MinVersion and MaxVersion");
  });

  test("that do not meet the other way round are told, too", async () => {
    const [client, server] = await disagreement({ ...own, maxVersion: "TLSv1.2" }, { minVersion: "TLSv1.3" });
    expect(client).toBe("remote error: tls: protocol version");
    expect(server).toBe("tls: no supported versions satisfy MinVersion and MaxVersion");
  });
});

describe("ALPN", () => {
  test("agrees on the protocol that the server likes best", async () => {
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const offers = { alpnProtocols: ["h2", "http/1.1"] };
      const conns = await meet({ ...own, alpnProtocols: ["http/1.1", "h2"] }, { ...offers, maxVersion });
      for (const conn of conns) {
        expect(conn.connectionState.negotiatedProtocol).toBe("http/1.1");
        expect(await conn.handshake()).toEqual({ alpnProtocol: "http/1.1" });
      }
    }
  });

  test("is left out where one end has nothing to offer", async () => {
    for (const conns of [await meet({ ...own, alpnProtocols: ["h2"] }), await meet(own, { alpnProtocols: ["h2"] })]) {
      for (const conn of conns) expect(conn.connectionState.negotiatedProtocol).toBe("");
    }
  });

  test("that does not agree fails at both ends", async () => {
    const [client, server] = await disagreement({ ...own, alpnProtocols: ["h2"] }, { alpnProtocols: ["spdy/1"] });
    expect(client).toBe("remote error: tls: no application protocol");
    expect(server).toBe("tls: client requested unsupported application protocols");
  });
});

describe("SNI", () => {
  const cases: readonly [asked: string, want: string][] = [
    ["a.test", "a.test"],
    ["A.Test", "a.test"],
    ["b.a.test", "b.a.test"],
    ["other.a.test", "*.a.test"],
    ["x.c.test", "*.c.test"],
  ];
  for (const [asked, want] of cases) {
    test(`${asked} gets the certificate of ${want}`, async () => {
      const [client, server] = await meet({ ...own, serverNames }, { serverName: asked });
      expect(client.connectionState.peerCertificate?.subject.CN).toBe(want);
      expect(client.connectionState.verified).toBe(true);
      expect(server.connectionState.serverName).toBe(asked);
    });
  }

  test("a name that none is for, and no name, get the default", async () => {
    for (const options of [{ serverName: "x.y.a.test" }, { serverName: "d.test" }, {}]) {
      const [client] = await meet({ ...own, serverNames }, { ...options, rejectUnauthorized: false });
      expect(client.connectionState.peerCertificate?.subject.CN).toBe("127.0.0.1");
    }
  });

  test("a server may have certificates for names alone", async () => {
    const [client] = await meet({ serverNames }, { serverName: "a.test" });
    expect(client.connectionState.peerCertificate?.subject.CN).toBe("a.test");
    const [, server] = await disagreement({ serverNames }, { serverName: "d.test" });
    expect(server).toMatch(/^tls: /);
  });

  test("an address is not sent", async () => {
    const listener = keep(await tls.listen("[::1]:0", await ca.issue(["::1"])));
    const [client, server] = await Promise.all([tls.dial(listener.addr, { ca: ca.cert }), listener.accept()]);
    expect(keep(server).connectionState.serverName).toBe("");
    expect(keep(client).connectionState.verified).toBe(true);
  });
});
