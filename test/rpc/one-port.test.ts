// All that a server serves on one port, told apart by what clients say first.
import { createServer, type Server as HTTPServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pipe } from "toolkit/net";
import {
  accept,
  type CodecName,
  dial,
  dialHTTP,
  dialHTTPPath,
  dialPeer,
  handleHTTP,
  newClient,
  newClientWithCodec,
  PostClientCodec,
  type Reply,
  register,
  Server,
  type ServerOptions,
} from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import * as ws from "toolkit/ws";
import { describe, expect, onTestFinished, test } from "vitest";
import { Arith, Gate } from "./arith.js";
import { slowly } from "./slowly.js";

async function serve(options: ServerOptions = {}): Promise<{ server: Server; address: string }> {
  const server = new Server(options);
  server.register(new Arith());
  const listener = await tcp.listen("127.0.0.1:0");
  const accepted = server.accept(listener);
  onTestFinished(async () => {
    await server.shutdown({ graceMs: 200 });
    await accepted;
  });
  return { server, address: listener.addr.toString() };
}

async function listening(server: HTTPServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const product = { A: 7, B: 8 };
const json2 = { "Content-Type": "application/json" };

describe("one port", () => {
  test.each(["gob", "msgpack", "jsonrpc", "jsonrpc2"] as const)("serves %s", async (codec) => {
    const { address } = await serve();
    using client = await dial("tcp", address, { codec });
    expect(await client.call("Arith.Multiply", product)).toBe(56);
    expect(await client.call("Arith.Divide", { A: 17, B: 5 })).toEqual({ Quo: 3, Rem: 2 });
  });

  test.each(["gob", "msgpack", "jsonrpc", "jsonrpc2"] as const)("knows %s one byte at a time", async (codec) => {
    const server = new Server();
    server.register(new Arith());
    const [ours, theirs] = pipe();
    const served = server.serveConn(slowly(theirs));
    const client = newClient(ours, { codec });
    expect(await client.call("Arith.Multiply", product)).toBe(56);
    client.close();
    await served;
  });

  test.each(["gob", "msgpack", "jsonrpc2"] as const)("serves CONNECT as Go has it, and %s behind it", async (codec) => {
    const { address } = await serve();
    using client = await dialHTTP("tcp", address, { codec });
    expect(await client.call("Arith.Multiply", product)).toBe(56);
    await expect(dialHTTPPath("tcp", address, "/foo")).rejects.toThrow(
      `dial-http tcp ${address}: unexpected HTTP response: 404 Not Found`,
    );
  });

  test.each(["gob", "msgpack", "jsonrpc", "jsonrpc2"] as const)("serves WebSocket, and %s over it", async (codec) => {
    const { address } = await serve();
    using client = await dial("ws", address, { codec });
    expect(await client.call("Arith.Multiply", product)).toBe(56);
    const conn = await ws.dial(`ws://${address}/any/path`);
    using other = newClient(conn, { codec });
    expect(await other.call("Arith.Multiply", product)).toBe(56);
  });

  test("serves JSON-RPC by POST, batches and notifications too", async () => {
    const { address } = await serve();
    const post = async (body: unknown) => {
      const response = await fetch(`http://${address}/rpc`, {
        method: "POST",
        headers: json2,
        body: JSON.stringify(body),
      });
      const answer: unknown = response.status === 204 ? null : await response.json();
      return [response.status, answer];
    };
    const call = { jsonrpc: "2.0", method: "Arith.Multiply", params: product, id: "a" };
    expect(await post(call)).toEqual([200, { jsonrpc: "2.0", result: 56, id: "a" }]);
    expect(await post([call])).toEqual([200, [{ jsonrpc: "2.0", result: 56, id: "a" }]]);
    expect(await post({ jsonrpc: "2.0", method: "Arith.Multiply", params: product })).toEqual([204, null]);
    using client = newClientWithCodec(new PostClientCodec(`http://${address}/`));
    expect(await client.call("Arith.Multiply", product)).toBe(56);
    await expect(client.call("Arith.Divide", { A: 1, B: 0 })).rejects.toThrow("divide by zero");
  });

  test("serves the page about the services, and the same as JSON", async () => {
    const { address } = await serve();
    using client = await dial("tcp", address);
    await client.call("Arith.Multiply", product);
    await client.call("Arith.Divide", { A: 1, B: 0 }).catch(() => {});
    const page = await fetch(`http://${address}/debug/rpc`);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await page.text()).toContain("Multiply");
    const json = await fetch(`http://${address}/debug/rpc?format=json`);
    const { services, connections } = (await json.json()) as {
      services: { name: string; methods: { name: string; calls: number; errors: number }[]; skipped: object[] }[];
      connections: number;
    };
    expect(connections).toBe(1);
    expect(services[0]?.methods.find(({ name }) => name === "Divide")).toMatchObject({ calls: 1, errors: 1 });
    expect(services[0]?.skipped).toContainEqual({
      name: "secret",
      reason: 'rpc.Register: method "secret" is not exported: its name begins with no upper-case letter',
    });
  });

  test("serves peers: methods call back over what the client dialled", async () => {
    class Back {
      async Ask(question: string, reply: Reply<string>): Promise<void> {
        reply.value = (await reply.call.caller?.call<string>("Screen.Ask", question)) ?? "nobody";
      }
    }
    class Screen {
      Ask(question: string, reply: Reply<string>): void {
        reply.value = `${question} yes`;
      }
    }
    const { server, address } = await serve();
    server.register(new Back());
    for (const network of ["tcp", "ws"] as const) {
      for (const codec of ["msgpack", "jsonrpc2"] as const) {
        using peer = await dialPeer(network, address, { codec });
        peer.register(new Screen());
        expect(await peer.call("Back.Ask", "Ready?")).toBe("Ready? yes");
      }
    }
    using client = await dial("tcp", address, { codec: "gob" });
    expect(await client.call("Back.Ask", "Ready?")).toBe("nobody");
  });

  test("closes what it does not know, and tells its owner", async () => {
    const errors: unknown[] = [];
    const { address } = await serve({ onError: (err) => errors.push(err) });
    const conn = await tcp.dial(address);
    await conn.write(Uint8Array.of(1, 2, 3, 4));
    expect(await conn.read(new Uint8Array(1)).catch(() => null)).toBeNull();
    expect(errors).toMatchObject([{ code: "ERR_RPC_PROTOCOL" }]);
    conn.close();
  });

  test("waits for clients that say nothing yet, but not for those that say half a thing", async () => {
    const { address } = await serve({ sniffTimeoutMs: 20 });
    const half = await tcp.dial(address);
    using silent = await dial("tcp", address);
    await half.write(new TextEncoder().encode("GE"));
    expect(await half.read(new Uint8Array(1)).catch(() => null)).toBeNull();
    expect(await silent.call("Arith.Multiply", product)).toBe(56);
    half.close();
  });

  test("serves no HTTP if that is asked for", async () => {
    const { address } = await serve({ http: null });
    await expect(fetch(`http://${address}/debug/rpc`)).rejects.toThrow("fetch failed");
    const withoutPage = await serve({ http: { debugPath: null } });
    expect((await fetch(`http://${withoutPage.address}/debug/rpc`)).status).toBe(404);
  });

  test("stops: silent conns, HTTP and calls alike", async () => {
    const { server, address } = await serve();
    const gate = new Gate();
    server.register(gate);
    const silent = await tcp.dial(address);
    using client = await dial("ws", address);
    const call = client.call("Gate.Wait", "a");
    await gate.holds(1);
    const body = JSON.stringify({ jsonrpc: "2.0", method: "Gate.Wait", params: ["b"], id: 1 });
    const posted = fetch(`http://${address}/`, { method: "POST", headers: json2, body });
    await gate.holds(2);
    const stopped = server.shutdown({ graceMs: 5000 });
    expect(await silent.read(new Uint8Array(1)).catch(() => null)).toBeNull();
    gate.openAll();
    expect(await call).toBe("a");
    expect(await (await posted).json()).toMatchObject({ result: "b" });
    await stopped;
    await client.closed;
    silent.close();
  });
});

describe("an HTTP server", () => {
  test("serves RPC beside what it serves", async () => {
    const rpc = new Server();
    rpc.register(new Arith());
    const http = createServer((_, response) => response.end("a page"));
    rpc.handleHTTP(http);
    const address = await listening(http);
    using client = await dialHTTP("tcp", address);
    expect(await client.call("Arith.Multiply", product)).toBe(56);
    expect(await (await fetch(`http://${address}/`)).text()).toBe("a page");
    expect(await (await fetch(`http://${address}/debug/rpc`)).text()).toContain("Arith");
    expect((await fetch(`http://${address}/_goRPC_`)).status).toBe(405);
    client.close();
    await rpc.shutdown();
  });

  test("serves the default server, and others on paths of their own", async () => {
    class Default {
      Name(_args: unknown, reply: Reply<string>): void {
        reply.value = "default";
      }
    }
    register(new Default());
    const http = createServer();
    handleHTTP(http);
    const other = new Server();
    other.register(new Arith());
    other.handleHTTP(http, "/other", "/debug/other");
    expect(() => other.handleHTTP(http, "/other")).toThrow(TypeError);
    const address = await listening(http);
    using first = await dialHTTP("tcp", address);
    using second = await dialHTTPPath("tcp", address, "/other", { codec: "msgpack" });
    expect(await first.call("Default.Name", 1)).toBe("default");
    expect(await second.call("Arith.Multiply", product)).toBe(56);
    const listener = await tcp.listen("127.0.0.1:0");
    const accepted = accept(listener);
    using third = await dial("tcp", listener.addr.toString());
    expect(await third.call("Default.Name", 1)).toBe("default");
    listener.close();
    await accepted;
  });

  test("serves JSON-RPC by its handler", async () => {
    const rpc = new Server();
    rpc.register(new Arith());
    const address = await listening(createServer(rpc.httpHandler()));
    using client = newClientWithCodec(new PostClientCodec(`http://${address}/`));
    const calls = [1, 2, 3].map((A) => client.call("Arith.Multiply", { A, B: 2 }));
    expect(await Promise.all(calls)).toEqual([2, 4, 6]);
  });
});

test("a client is told what is wrong with its options", async () => {
  await expect(dialHTTP("tcp", "127.0.0.1:1", { codec: "xml" as CodecName })).rejects.toThrow(TypeError);
  await expect(dialHTTPPath("tcp", "127.0.0.1:1", "no path")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await expect(dialPeer("tcp", "127.0.0.1:1", { codec: "gob" as "msgpack" })).rejects.toThrow(
    new TypeError("rpc: codec gob carries calls one way only"),
  );
});
