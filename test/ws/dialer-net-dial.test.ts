import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { beforeAll, describe, expect, test } from "vitest";
import { pipe } from "../../src/net/pipe.js";
import * as tcp from "../../src/tcp/index.js";
import * as tls from "../../src/tls/index.js";
import { Dialer } from "../../src/ws/dialer.js";
import * as ws from "../../src/ws/index.js";
import type { DialerOptions, NetDial } from "../../src/ws/options.js";
import { type Authority, authority, type Certificate } from "../support/certificate.js";
import { closing } from "../support/closing.js";
import { agreeAndSend, agreeing, answering, echoServer, hearsBoth, roundTrip } from "./dial-peers.js";
import { readHead } from "./raw-peer.js";

const opened = closing();
let ca: Authority;
let pem: Certificate;
beforeAll(async () => {
  ca = await authority();
  pem = await ca.issue(["example.com", "127.0.0.1"]);
});

const plainDial: NetDial = (_, address, { signal }) => tcp.dial(address, { signal });
const tlsDial: NetDial = (_, address, { signal }) => tls.dial(address, { signal, ca: ca.cert });
const never: NetDial = () => {
  throw new Error("must not be called");
};

describe("who dials", () => {
  test.each<[string, "ws" | "wss", () => DialerOptions]>([
    ["ws with both: netDial", "ws", () => ({ netDial: plainDial, netDialTLS: never })],
    ["ws with none: we", "ws", () => ({})],
    ["ws with netDialTLS alone: we", "ws", () => ({ netDialTLS: never })],
    ["wss with both: netDialTLS", "wss", () => ({ netDial: never, netDialTLS: tlsDial })],
    ["wss with netDial: it, and we speak TLS", "wss", () => ({ netDial: plainDial, tls: { ca: ca.cert } })],
    ["wss with none: we", "wss", () => ({ tls: { ca: ca.cert } })],
    ["wss with netDialTLS alone: it", "wss", () => ({ netDialTLS: tlsDial })],
    ["wss with netDialTLS: tls is not for it", "wss", () => ({ netDialTLS: tlsDial, tls: { serverName: "bad.test" } })],
  ])("%s", async (_, scheme, options) => {
    const server = opened(await echoServer(scheme === "wss" ? pem : {}));
    await roundTrip(server.addr.toString(), options());
  });

  test("netDial is given the network, host:port, and a signal", async () => {
    const calls: unknown[] = [];
    const netDial: NetDial = (network, address, { signal }) => {
      calls.push(network, address, signal.aborted);
      throw new Error("no");
    };
    const dialer = new Dialer({ netDial });
    for (const url of ["ws://a.test", "wss://a.test", "ws://[::1]:81", "ws+unix:///run/x%20y.sock:/path"]) {
      await expect(dialer.dial(url)).rejects.toThrow(new Error("no"));
    }
    const addresses = [
      ["tcp", "a.test:80"],
      ["tcp", "a.test:443"],
      ["tcp", "[::1]:81"],
      ["unix", "/run/x y.sock"],
    ];
    expect(calls).toEqual(addresses.flatMap((each) => [...each, false]));
  });
});

describe("the conn of netDial", () => {
  test("may be any conn: one in memory", async () => {
    const [here, there] = pipe();
    const dialling = new Dialer({ netDial: () => here }).dial("ws://in.memory/");
    const p = new Uint8Array(4096);
    let request = "";
    while (!request.endsWith("\r\n\r\n"))
      request += new TextDecoder().decode(p.subarray(0, (await there.read(p)) ?? 0));
    await there.write(new TextEncoder().encode(agreeing(request)));
    const { conn } = await dialling;
    expect(conn.netConn).toBe(here);
    expect(conn.localAddr).toMatchObject({ hostname: "", port: 0 });
    await there.write(Uint8Array.of(0x81, 2, 0x68, 0x69));
    expect((await conn.readMessage()).text()).toBe("hi");
    conn.closeNow();
    while ((await there.read(p).catch(() => null)) !== null);
    await conn.closed;
    there.close();
  });

  test("is netConn, whose addresses are the conn's", async () => {
    const server = opened(await echoServer());
    const { conn } = await new Dialer({ netDial: plainDial }).dial(server.addr.toString());
    expect(String(conn.netConn.remoteAddr)).toBe(`127.0.0.1:${server.addr.port}`);
    expect(conn.localAddr.toString()).toBe(String(conn.netConn.localAddr));
    conn.closeNow();
    await conn.closed;
  });

  test("brings the frames that come together with the 101", async () => {
    const plain = opened(await answering(agreeAndSend));
    await hearsBoth((await new Dialer({ netDial: plainDial }).dial(plain.url)).conn);
    const secure = opened(await answering(agreeAndSend, pem));
    await hearsBoth((await new Dialer({ netDial: plainDial, tls: { ca: ca.cert } }).dial(secure.url)).conn);
    await hearsBoth((await new Dialer({ netDialTLS: tlsDial }).dial(secure.url)).conn);
  });

  test("carries large messages in both directions, and the closing handshake", async () => {
    const server = opened(await echoServer());
    const { conn } = await new Dialer({ netDial: plainDial }).dial(server.addr.toString());
    const data = crypto.getRandomValues(new Uint8Array(65_536));
    for (let i = 0; i < 16; i++) void conn.writeMessage(ws.BinaryMessage, data);
    for (let i = 0; i < 16; i++) expect(Buffer.compare((await conn.readMessage()).data, data)).toBe(0);
    conn.close(1000, "done");
    await conn.closed;
  });

  test("that comes too late is closed", async () => {
    const server = opened(await answering(() => {}));
    let late: Promise<tcp.TCPConn> | undefined;
    const netDial: NetDial = (_, address, { signal }) => {
      late = once(signal, "abort").then(() => tcp.dial(address));
      return late;
    };
    const dialling = new Dialer({ handshakeTimeoutMs: 20, netDial }).dial(server.url);
    await expect(dialling).rejects.toMatchObject({ name: "OpError", timeout: true });
    await (await late)?.closed;
  });

  test("is closed when the server refuses, and when it says nothing", async () => {
    const conns: tcp.TCPConn[] = [];
    const netDial: NetDial = async (_, address) => {
      const conn = await tcp.dial(address);
      conns.push(conn);
      return conn;
    };
    const dialer = new Dialer({ netDial, handshakeTimeoutMs: 30 });
    const refusing = opened(await answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
    await expect(dialer.dial(refusing.url)).rejects.toMatchObject({ status: 403 });
    const silent = opened(await answering(() => {}));
    await expect(dialer.dial(silent.url)).rejects.toMatchObject({ timeout: true });
    expect(conns).toHaveLength(2);
    await Promise.all(conns.map(({ closed }) => closed));
  });

  test("that breaks in the middle of the answer is the error", async () => {
    const server = opened(
      await answering((_, socket) => void socket.write("HTTP/1.1 101 Sw", () => socket.resetAndDestroy())),
    );
    await expect(new Dialer({ netDial: plainDial }).dial(server.url)).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});

/** What a server saw of a handshake. */
interface Seen {
  host: string;
  sni: string | false | null | undefined;
}

/** A TLS server that tells which names it was asked for. */
async function namingServer(): Promise<{ address: string; seen: Seen[]; close(): void }> {
  const seen: Seen[] = [];
  const server = createServer(pem, (socket: TLSSocket) => {
    socket.on("error", () => {});
    void readHead(socket as Socket).then(({ head }) => {
      const { servername } = socket as { servername?: Seen["sni"] };
      seen.push({ host: /^host: (.*)\r$/im.exec(head)?.[1] ?? "", sni: servername });
      socket.write(agreeing(head));
    });
  });
  server.on("tlsClientError", () => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close: () => server.close() };
}

describe("where is dialled, what Host says, and what is asked for in TLS", () => {
  type Row = { url: string; host?: string; tls?: DialerOptions["tls"]; addr: string; header: string; sni?: string };
  const rows: Row[] = [
    { url: "ws://127.0.0.1:PORT", addr: "127.0.0.1:PORT", header: "127.0.0.1:PORT" },
    { url: "wss://127.0.0.1:PORT", addr: "127.0.0.1:PORT", header: "127.0.0.1:PORT", sni: "" },
    { url: "ws://127.0.0.1:PORT", host: "badhost.com", addr: "127.0.0.1:PORT", header: "badhost.com" },
    { url: "wss://127.0.0.1:PORT", host: "badhost.com", addr: "127.0.0.1:PORT", header: "badhost.com", sni: "" },
    { url: "ws://example.com", host: "badhost.com", addr: "example.com:80", header: "badhost.com" },
    {
      url: "wss://example.com",
      host: "badhost.com",
      addr: "example.com:443",
      header: "badhost.com",
      sni: "example.com",
    },
    { url: "ws://badhost.com", host: "example.com", addr: "badhost.com:80", header: "example.com" },
    { url: "wss://badhost.com", host: "example.com", addr: "badhost.com:443", header: "" },
    {
      url: "wss://badhost.com",
      tls: { rejectUnauthorized: false },
      addr: "badhost.com:443",
      header: "badhost.com",
      sni: "badhost.com",
    },
    {
      url: "wss://badhost.com",
      tls: { serverName: "example.com" },
      addr: "badhost.com:443",
      header: "badhost.com",
      sni: "example.com",
    },
  ];

  test.each(rows)("$url, Host $host, TLS $tls", async ({ url, host, tls: own, addr, header, sni }) => {
    const secure = opened(await namingServer());
    const plain = opened(await answering((request, socket) => void socket.write(agreeing(request))));
    const address = url.startsWith("wss") ? secure.address : `127.0.0.1:${plain.port}`;
    const withPort = (text: string) => text.replace("PORT", address.split(":")[1] ?? "");
    const addresses: string[] = [];
    const netDial: NetDial = (_, asked) => {
      addresses.push(asked);
      return tcp.dial(address);
    };
    const dialer = new Dialer({ netDial, tls: { ca: ca.cert, ...own } });
    const dialling = dialer.dial(withPort(url), host === undefined ? {} : { Host: host });
    if (header === "") {
      await expect(dialling).rejects.toMatchObject({ name: "OpError", code: "ERR_TLS_CERT_ALTNAME_INVALID" });
    } else {
      (await dialling).conn.closeNow();
    }
    expect(addresses).toEqual([withPort(addr)]);
    const hosts = plain.requests.map((request) => ({ host: /^Host: (.*)\r$/m.exec(request)?.[1] ?? "" }));
    const want =
      sni === undefined ? { host: withPort(header) } : { host: withPort(header), sni: sni === "" ? false : sni };
    expect([...hosts, ...secure.seen]).toEqual(header === "" ? [] : [want]);
  });
});
