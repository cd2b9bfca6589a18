import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { connect as connectTLS } from "node:tls";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { handleHTTP } from "../../src/rpc/http/connect-server.js";
import { selfSigned } from "../support/certificate.js";
import { raisesNothing } from "../support/handles.js";
import { cut, cuts } from "../support/readers.js";
import { connected, echo, serve, startServer, Talker } from "./http-server.js";

const goRequest = "CONNECT /_goRPC_ HTTP/1.0\n\n";

async function textOf(response: IncomingMessage): Promise<string> {
  return Buffer.concat((await response.toArray()) as Buffer[]).toString();
}

async function fetchText(port: number, path: string, options: object = {}): Promise<{ status: number; text: string }> {
  const sent = request({ host: "127.0.0.1", port, path, agent: false, ...options }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return { status: response.statusCode ?? 0, text: await textOf(response) };
}

raisesNothing();

describe("CONNECT", () => {
  test("as Go's clients send it is answered byte for byte as Go's server does", async () => {
    const { port, conns } = await startServer();
    const talker = await Talker.dial(port);
    const { localPort } = talker.socket;
    await talker.send(goRequest);
    expect(await talker.get(connected.length)).toBe(connected);
    await talker.send("ping");
    expect(await talker.get(4)).toBe("ping");
    talker.socket.end();
    expect(await talker.rest()).toBe("");
    expect(conns).toHaveLength(1);
    expect(conns[0]?.codec).toBeUndefined();
    expect(conns[0]?.conn.remoteAddr?.toString()).toBe(`127.0.0.1:${localPort}`);
    expect(conns[0]?.conn.localAddr?.toString()).toBe(`127.0.0.1:${port}`);
  });

  const spellings = {
    "bare line feeds": goRequest,
    "bare line feeds and fields": "CONNECT /_goRPC_ HTTP/1.0\nHost: x\nA: b\n\n",
    "lines of HTTP": "CONNECT /_goRPC_ HTTP/1.0\r\n\r\n",
    "lines of HTTP, and a host": "CONNECT /_goRPC_ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "lines of either kind": "CONNECT /_goRPC_ HTTP/1.1\nHost: 127.0.0.1\r\n\n",
    "a query": "CONNECT /_goRPC_?x=1 HTTP/1.0\n\n",
  };
  for (const [name, spelling] of Object.entries(spellings)) {
    test(`with ${name}, cut at every byte`, async () => {
      const { port } = await startServer();
      const cutAt = async (at: number): Promise<string> => {
        const talker = await Talker.dial(port);
        await talker.send(spelling.slice(0, at));
        await talker.send(`${spelling.slice(at)}calls`);
        talker.socket.end("!");
        return talker.rest();
      };
      const answers = await Promise.all(Array.from(spelling, (_, at) => cutAt(at)));
      expect(new Set(answers)).toEqual(new Set([`${connected}calls!`]));
    });
  }

  test("loses nothing of what follows, however it is cut", async () => {
    const { port } = await startServer();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), cuts(), async (calls, sizes) => {
        const talker = await Talker.dial(port);
        const all = Buffer.concat([Buffer.from(goRequest), calls]);
        for (const chunk of cut(all, sizes)) await talker.send(Buffer.from(chunk).toString("latin1"));
        talker.socket.end();
        expect(await talker.rest()).toBe(connected + Buffer.from(calls).toString("latin1"));
      }),
      { numRuns: 40 },
    );
  });

  test("as the second request of a connection", async () => {
    const { port } = await startServer();
    const talker = await Talker.dial(port);
    await talker.send("GET /one HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await talker.get(4)).toBe("HTTP");
    let got = "";
    while (!got.endsWith("page /one")) got += await talker.get(1);
    await talker.send("CONNECT /_goRPC_ HTTP/1.1\r\nHost: x\r\n\r\nping");
    expect(await talker.get(connected.length + 4)).toBe(`${connected}ping`);
  });

  test("waits for the answer to the request before it, however long that is", async () => {
    const long = "long ".repeat(1_000_000);
    const { server, port, conns } = await startServer({}, {}, (_, response) => {
      server.once("connect", () => {
        expect(conns).toHaveLength(0);
        void pipeline(Readable.from(long.match(/.{1,100000}/gs) ?? []), response);
      });
    });
    const talker = await Talker.dial(port);
    const twice = ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT /_goRPC_ HTTP/1.1\r\nHost: x\r\n\r\n"];
    await talker.send(`${twice.join("")}ping`);
    talker.socket.end();
    const got = await talker.rest();
    expect(got.length).toBeGreaterThan(long.length);
    expect(got.endsWith(`\r\n0\r\n\r\n${connected}ping`)).toBe(true);
  });

  test("to several paths, each with its own conns", async () => {
    const { server, port } = await startServer();
    handleHTTP(server, {
      rpcPath: "/foo",
      serveConn: async (conn) => {
        await conn.write(Buffer.from("foo"));
        conn.close();
      },
    });
    const foo = await Talker.dial(port);
    await foo.send("CONNECT /foo HTTP/1.0\n\n");
    expect(await foo.rest()).toBe(`${connected}foo`);
    const talker = await Talker.dial(port);
    await talker.send(`${goRequest}ping`);
    expect(await talker.get(connected.length + 4)).toBe(`${connected}ping`);
  });

  test("closes the conn that nobody could serve", async () => {
    const { port } = await startServer({ serveConn: () => Promise.reject(new Error("no")) });
    const talker = await Talker.dial(port);
    await talker.send(goRequest);
    expect(await talker.rest()).toBe(connected);
  });

  test("over TLS", async () => {
    const { port } = await serve(createSecureServer(await selfSigned(), (_, response) => response.end("page")));
    const options = { port, host: "127.0.0.1", rejectUnauthorized: false, allowHalfOpen: true };
    const socket = connectTLS(options);
    const talker = new Talker(socket);
    await once(socket, "secureConnect");
    await talker.send("CONNECT /_go");
    await talker.send("RPC_ HTTP/1.0\n\nping");
    expect(await talker.get(connected.length + 4)).toBe(`${connected}ping`);
    socket.end("last");
    expect(await talker.rest()).toBe("last");
  });
});

describe("what is no CONNECT to RPC", () => {
  test("another method on the path is answered as Go does", async () => {
    const { port } = await startServer();
    const talker = await Talker.dial(port);
    await talker.send("GET /_goRPC_ HTTP/1.0\r\n\r\n");
    const [head = "", body] = (await talker.rest()).split("\r\n\r\n");
    expect(head.split("\r\n")[0]).toBe("HTTP/1.1 405 Method Not Allowed");
    expect(head).toContain("Content-Type: text/plain; charset=utf-8");
    expect(body).toBe("405 must CONNECT\n");
    expect(await fetchText(port, "/_goRPC_?x", { method: "POST" })).toEqual({
      status: 405,
      text: "405 must CONNECT\n",
    });
  });

  test("another path is not found, if nobody else is there for it", async () => {
    const { port } = await startServer();
    for (const line of [
      "CONNECT /foo HTTP/1.0\n\n",
      "CONNECT /foo HTTP/1.1\r\nHost: x\r\n\r\n",
      "CONNECT a:1 HTTP/1.0\r\n\r\n",
    ]) {
      const talker = await Talker.dial(port);
      await talker.send(line);
      expect((await talker.rest()).split("\r\n")[0]).toBe("HTTP/1.1 404 Not Found");
    }
  });

  test("a proxy's CONNECT is the application's", async () => {
    const { server, port, conns } = await startServer();
    server.on("connect", (incoming: IncomingMessage, socket) => {
      if (incoming.url === "example.com:443") socket.end(`HTTP/1.1 200 OK\r\n\r\nproxied`);
    });
    const talker = await Talker.dial(port);
    await talker.send("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
    expect(await talker.rest()).toBe("HTTP/1.1 200 OK\r\n\r\nproxied");
    const rpc = await Talker.dial(port);
    await rpc.send(`${goRequest}ping`);
    expect(await rpc.get(connected.length + 4)).toBe(`${connected}ping`);
    expect(conns).toHaveLength(1);
  });

  test("an upgrade is the application's", async () => {
    const { server, port } = await startServer();
    server.on("upgrade", (_, socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nup"));
    const talker = await Talker.dial(port);
    await talker.send("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
    expect(await talker.rest()).toContain("\r\n\r\nup");
  });

  test("pages are served as before, many on one connection, bodies and all", async () => {
    const { port } = await startServer({}, {}, (incoming, response) => {
      void textOf(incoming).then((text) => response.end(`${incoming.method} ${incoming.url} ${text}`));
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const bodies = ["", "x".repeat(300_000), "CONNECT /_goRPC_ HTTP/1.0\n\n"];
    for (const body of bodies) {
      const sent = request({ port, method: "POST", path: "/p", agent });
      sent.end(body);
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      expect(await textOf(response)).toBe(`POST /p ${body}`);
      expect(sent.reusedSocket).toBe(body !== bodies[0]);
    }
  });

  test("pages whose request is cut anywhere are served as before", async () => {
    const { port } = await startServer();
    const text = "CHECKOUT /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    const answers = await Promise.all(
      Array.from(text, async (_, at) => {
        const talker = await Talker.dial(port);
        await talker.send(text.slice(0, at));
        await talker.send(text.slice(at));
        return (await talker.rest()).endsWith("page /a");
      }),
    );
    expect(answers).not.toContain(false);
  });

  test("the application may listen before or after, and never sees a request for RPC", async () => {
    const seen: string[] = [];
    const { server, port } = await startServer({ debugPage: (_, response) => response.end("debug") });
    server.on("request", (incoming) => seen.push(String(incoming.url)));
    server.prependListener("request", (incoming) => seen.push(String(incoming.url)));
    expect((await fetchText(port, "/debug/rpc?format=json")).text).toBe("debug");
    expect((await fetchText(port, "/_goRPC_")).status).toBe(405);
    expect((await fetchText(port, "/page")).text).toBe("page /page");
    expect(seen).toEqual(["/page", "/page"]);
  });

  test("without a page about the services its path is the application's", async () => {
    const { port } = await startServer();
    expect((await fetchText(port, "/debug/rpc")).text).toBe("page /debug/rpc");
  });
});

describe("hostile clients", () => {
  test("one that says nothing, or half of it, is cut off by the server's own timeout", async () => {
    const { port } = await startServer({}, { headersTimeout: 60, requestTimeout: 60, connectionsCheckingInterval: 20 });
    const halves = ["", "C", "CONNECT /_goRPC_ HTTP/1.0\n", "CONNECT /_goRPC_ HTTP/1.0\nA: b"];
    const answers = await Promise.all(
      halves.map(async (half) => {
        const talker = await Talker.dial(port);
        await talker.send(half);
        return (await talker.rest()).split("\r\n")[0];
      }),
    );
    expect(answers).toEqual(halves.map(() => "HTTP/1.1 408 Request Timeout"));
  });

  test("one that ends in the middle is refused as before", async () => {
    const { port, conns } = await startServer();
    for (const half of ["CONN", "CONNECT /_goRPC_ HTTP/1.0\n", "CONNECT /_goRPC_ HTTP/1.0\r\nA: b\r\n"]) {
      const talker = await Talker.dial(port);
      await talker.send(half);
      talker.socket.end();
      expect((await talker.rest()).split("\r\n")[0]).toBe("HTTP/1.1 400 Bad Request");
    }
    expect(conns).toHaveLength(0);
  });

  test("one that sends garbage is refused as before", async () => {
    const { port } = await startServer();
    for (const garbage of [
      "\0\0\0\0",
      "CONNECT /_goRPC_\n\n",
      "CONNECT /_goRPC_ HTTP/9.9\n\n",
      "CONNECT  /_goRPC_ HTTP/1.0\n\n",
    ]) {
      const talker = await Talker.dial(port);
      await talker.send(garbage);
      expect((await talker.rest()).split("\r\n")[0]).toBe("HTTP/1.1 400 Bad Request");
    }
  });

  test("one whose header does not end is refused", async () => {
    const { port } = await startServer();
    const talker = await Talker.dial(port);
    await talker.send(`CONNECT /_goRPC_ HTTP/1.0\r\nA: ${"a".repeat(20_000)}`);
    expect((await talker.rest()).split("\r\n")[0]).toBe("HTTP/1.1 431 Request Header Fields Too Large");
  });

  test("one that resets at any point harms nobody", async () => {
    const { port, server } = await startServer();
    const text = `${goRequest}calls`;
    for (let at = 0; at <= text.length; at++) {
      const talker = await Talker.dial(port);
      await talker.send(text.slice(0, at));
      talker.socket.resetAndDestroy();
      await once(talker.socket, "close");
    }
    expect((await fetchText(port, "/still")).text).toBe("page /still");
    expect(server.listening).toBe(true);
  });

  test("random bytes never bring the server down", async () => {
    const { port } = await startServer();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.boolean(), async (noise, isBehind) => {
        const talker = await Talker.dial(port);
        await talker.send(`${isBehind ? "CONNECT /" : ""}${Buffer.from(noise).toString("latin1")}`);
        talker.socket.end();
        await talker.rest();
      }),
      { numRuns: 30 },
    );
    expect((await fetchText(port, "/still")).text).toBe("page /still");
  });
});

describe("handleHTTP", () => {
  test("takes a path once, as Go does", async () => {
    const server = createServer();
    handleHTTP(server, { serveConn: echo });
    const again = () => handleHTTP(server, { serveConn: echo });
    expect(again).toThrow(new TypeError("http: multiple registrations for /_goRPC_"));
    const same = () => handleHTTP(server, { serveConn: echo, rpcPath: "/a", debugPath: "/a", debugPage: () => {} });
    expect(same).toThrow(new TypeError("http: multiple registrations for /a"));
    expect(() => handleHTTP(server, { serveConn: echo, rpcPath: "" })).toThrow(
      new TypeError('http: invalid pattern ""'),
    );
  });

  test("lets the server's closeAllConnections cut what has not said what it wants", async () => {
    const { port, server } = await startServer();
    const talker = await Talker.dial(port);
    await talker.send("CONN");
    await fetchText(port, "/after"); // the server has seen the other by then
    server.closeAllConnections();
    expect(await talker.rest()).toBe("");
  });
});
