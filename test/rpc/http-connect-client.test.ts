import fc from "fast-check";
import { isTimeout, OpError, pipe, type StreamConn } from "toolkit/net";
import * as tcp from "toolkit/tcp";
import { describe, expect, test } from "vitest";
import { type ConnectOptions, connectHTTP } from "../../src/rpc/http/connect-client.js";
import { bytes, readAllText, readText, reasonOf } from "../support/bytes.js";
import { rawServer } from "../support/raw.js";
import { cut, cuts } from "../support/readers.js";
import { connected, startServer } from "./http-server.js";

const named: ConnectOptions = { network: "tcp", address: "127.0.0.1:1" };

/** Answers a client in chunks, and ends; resolves to what it was asked. */
async function answering(theirs: StreamConn, chunks: readonly Uint8Array[]): Promise<string | null> {
  const asked = await readText(theirs);
  for (const chunk of chunks) await theirs.write(chunk);
  await theirs.closeWrite();
  return asked;
}

/** Connects to a peer that answers so. */
function answered(answer: string, options: ConnectOptions = named): ReturnType<typeof connectHTTP> {
  const [ours, theirs] = pipe();
  answering(theirs, [bytes(answer)]).catch(() => {}); // a client that gives up hangs up
  return connectHTTP(ours, options);
}

describe("connectHTTP", () => {
  test("asks byte for byte as Go's clients do", async () => {
    const [ours, theirs] = pipe();
    const asked = answering(theirs, [bytes(connected)]);
    await connectHTTP(ours);
    expect(await asked).toBe("CONNECT /_goRPC_ HTTP/1.0\n\n");
  });

  test("asks for the path that it is given", async () => {
    const [ours, theirs] = pipe();
    const asked = answering(theirs, [bytes(connected)]);
    await connectHTTP(ours, { path: "/foo" });
    expect(await asked).toBe("CONNECT /foo HTTP/1.0\n\n");
  });

  const answers = [
    connected,
    "HTTP/1.1 200 Connected to Go RPC\r\n\r\n",
    "HTTP/1.1 200 Connected to Go RPC\r\nServer: x\r\nDate: y\r\n\r\n",
    "HTTP/1.0 200 Connected to Go RPC\nA: b\r\n\n",
  ];
  for (const answer of answers) {
    test(`takes ${JSON.stringify(answer)} however it is cut, and loses nothing of what follows`, async () => {
      await fc.assert(
        fc.asyncProperty(cuts(), fc.string({ maxLength: 100 }), async (sizes, rest) => {
          const [ours, theirs] = pipe();
          const peer = answering(theirs, cut(bytes(answer + rest), sizes));
          const conn = await connectHTTP(ours);
          expect(await readAllText(conn)).toBe(new TextDecoder().decode(bytes(rest)));
          await peer;
        }),
        { numRuns: 20 },
      );
    });
  }

  const refusals: Readonly<Record<string, string>> = {
    "HTTP/1.1 404 Not Found\r\n\r\n": "unexpected HTTP response: 404 Not Found",
    "HTTP/1.0 200 OK\n\n": "unexpected HTTP response: 200 OK",
    "HTTP/1.0 200 connected to go rpc\n\n": "unexpected HTTP response: 200 connected to go rpc",
    "HTTP/1.0 405 Method Not Allowed\r\nContent-Length: 17\r\n\r\n405 must CONNECT\n":
      "unexpected HTTP response: 405 Method Not Allowed",
    "HTTP/1.0\n\n": 'malformed HTTP response "HTTP/1.0"',
    "HTTP/1.0 2000 Connected to Go RPC\n\n": 'malformed HTTP status code "2000"',
    "HTTP/x 200 Connected to Go RPC\n\n": 'malformed HTTP version "HTTP/x"',
    "SSH-2.0-OpenSSH_9.2\r\n": 'malformed HTTP response "SSH-2.0-OpenSSH_9.2"',
    "HTTP/1.0 200 Connected to Go RPC\n": "unexpected EOF",
    "": "unexpected EOF",
    [`HTTP/1.0 200 Connected to Go RPC\nA: ${"a".repeat(9000)}`]: "more than 8192 bytes of HTTP header",
  };
  for (const [answer, words] of Object.entries(refusals)) {
    test(`says "${words}"`, async () => {
      const reason = await reasonOf(answered(answer));
      expect(reason).toBeInstanceOf(OpError);
      expect(String(reason)).toBe(`OpError: dial-http tcp 127.0.0.1:1: ${words}`);
    });
  }

  test("closes the conn that did not become one", async () => {
    const [ours, theirs] = pipe();
    const peer = answering(theirs, [bytes("HTTP/1.0 404 Not Found\n\n")]);
    await reasonOf(connectHTTP(ours));
    await peer;
    await expect(theirs.write(bytes("x"))).rejects.toThrow("closed pipe");
  });

  test("does not wait for ever", async () => {
    const [ours, theirs] = pipe();
    const asked = readText(theirs);
    const reason = await reasonOf(connectHTTP(ours, { ...named, timeoutMs: 5 }));
    await asked;
    expect(String(reason)).toBe("OpError: dial-http tcp 127.0.0.1:1: i/o timeout");
    expect(isTimeout(reason)).toBe(true);
    await expect(theirs.write(bytes("x"))).rejects.toThrow("closed pipe");
  });

  test("gives up with the signal's reason, also before it begins", async () => {
    const [ours, theirs] = pipe();
    const aborter = new AbortController();
    const reason = reasonOf(connectHTTP(ours, { signal: aborter.signal }));
    await readText(theirs);
    aborter.abort("enough");
    expect(await reason).toBe("enough");
    const [late, other] = pipe();
    expect(await reasonOf(connectHTTP(late, { signal: aborter.signal }))).toBe("enough");
    expect(await readText(other)).toBeNull();
  });

  test("sends no path that would be more than a path", async () => {
    for (const path of ["", "foo", "/a b", "/a\nHost: x", "/ä"]) {
      const [ours] = pipe();
      expect(await reasonOf(connectHTTP(ours, { path }))).toBeInstanceOf(TypeError);
    }
  });

  test("names the conn's own address where it is told none", async () => {
    const { port } = await startServer();
    const conn = await tcp.dial(`127.0.0.1:${port}`);
    const reason = await reasonOf(connectHTTP(conn, { path: "/foo" }));
    expect(String(reason)).toBe(`OpError: dial-http tcp 127.0.0.1:${port}: unexpected HTTP response: 404 Not Found`);
  });

  test("a reset is told as one", async () => {
    const server = await rawServer();
    const conn = await tcp.dial(server.address);
    const reason = reasonOf(connectHTTP(conn));
    const socket = await server.accept();
    socket.resetAndDestroy();
    expect(await reason).toMatchObject({ op: "dial-http", code: "ECONNRESET" });
    server.close();
  });

  test("talks to our own server", async () => {
    const { port } = await startServer();
    const conn = await connectHTTP(await tcp.dial(`127.0.0.1:${port}`));
    await conn.write(bytes("ping"));
    expect(await readText(conn)).toBe("ping");
    expect(conn.remoteAddr?.toString()).toBe(`127.0.0.1:${port}`);
    await conn.closeWrite();
    expect(await readText(conn)).toBeNull();
    conn.close();
  });
});
