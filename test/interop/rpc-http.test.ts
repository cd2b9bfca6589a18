import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { type Client, newClient, Server } from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type ConnectOptions, connectHTTP } from "../../src/rpc/http/connect-client.js";
import { handleHTTP, type ServeConn } from "../../src/rpc/http/connect-server.js";
import { debugPage } from "../../src/rpc/http/debug-page.js";
import { HTTPPort } from "../../src/rpc/http/port.js";
import { sniffConn } from "../../src/rpc/sniff.js";
import * as go from "../rpc/gob-services.js";
import { echo } from "../rpc/http-server.js";
import { busySnapshot } from "../rpc/snapshots.js";
import { goProgram, outcomeOf, Program } from "../support/programs.js";
import { requireTool } from "../support/tools.js";

const run = promisify(execFile);
const compiler = requireTool("go");
const curl = requireTool("curl");

/** What the Go client says of one call, or of one request. */
interface Outcome {
  reply: unknown;
  error: string;
}

const succeeded = (reply: unknown): Outcome => ({ reply, error: "" });
const failed = (error: string): Outcome => ({ reply: null, error });

/** Serves the services of Go's own tests, over the codec that the client speaks. */
function goServices(): ServeConn {
  const server = new Server();
  server.register(new go.Arith(), go.arith);
  server.register(new go.BuiltinTypes(), go.builtinTypes);
  onTestFinished(() => server.shutdown({ graceMs: 0 }));
  return async (conn) => {
    const sniffed = await sniffConn(conn);
    if (sniffed === null || sniffed.protocol === "http") return conn.close();
    await server.serveConn(sniffed.conn, { codec: sniffed.protocol });
  };
}

/** Serves RPC on Node's server beside a page; returns the address. */
async function onServer(serveConn = goServices()): Promise<string> {
  const server = createServer((request, response) => response.end(request.url === "/page" ? "page" : "other"));
  handleHTTP(server, { serveConn, debugPage: debugPage(busySnapshot) });
  handleHTTP(server, { serveConn: goServices(), rpcPath: "/foo", debugPath: "/debug/foo" });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Serves HTTP on a port where clients may speak a codec at once too; returns the address. */
async function onPort(serveConn = goServices()): Promise<string> {
  const http = new HTTPPort({ serveConn, debugPage: debugPage(busySnapshot) });
  const listener = await tcp.listen("127.0.0.1:0");
  onTestFinished(() => {
    listener.close();
    http.close();
  });
  void (async () => {
    for await (const conn of listener) void http.serve(conn);
  })();
  return listener.addr.toString();
}

describe.skipIf(compiler === undefined)("Go's net/rpc over HTTP (skipped unless go is on PATH)", () => {
  const program = goProgram(compiler, "rpchttp");

  for (const [name, listen] of Object.entries({ "Node's server": onServer, "the one port": onPort })) {
    describe(`a Go client of ${name}`, () => {
      test("calls by DialHTTP, gets map, slice and array, and closes (TestHTTP, TestBuiltinTypes, TestTCPClose)", async () => {
        const outcomes = await outcomeOf<Record<string, Outcome>>(program(), "client", await listen());
        expect(outcomes).toMatchObject({
          add: succeeded({ C: 15 }),
          map: succeeded({ 7: 8 }),
          slice: succeeded([7, 8]),
          array: succeeded([7, 8]),
          mul: succeeded({ C: 136 }),
          "in flight": succeeded(999_000),
          close: succeeded(null),
          "after close": failed("connection is shut down"),
        });
      });

      test("gets pages and refusals as from Go's server", async () => {
        const address = await listen();
        const outcomes = await outcomeOf<Record<string, Outcome>>(program(), "client", address);
        const refused = succeeded(["405 Method Not Allowed", "text/plain", "405 must CONNECT\n"]);
        expect(outcomes["no CONNECT"]).toEqual(refused);
        expect(outcomes["POST"]).toEqual(refused);
        expect(outcomes["debug"]?.reply).toEqual(["200 OK", "text/html", expect.stringContaining("RPC services")]);
        const notFound = `dial-http tcp ${address}: unexpected HTTP response: 404 Not Found`;
        expect(outcomes["add on /nowhere"]).toEqual(failed(notFound));
      });

      test("sends and gets megabytes", async () => {
        const outcome = await outcomeOf<Outcome>(program(), "echo", await listen(echo));
        expect(outcome).toEqual(succeeded(["200 Connected to Go RPC", "true"]));
      });
    });
  }

  test("a Go client calls on another path, and gets the application's pages", async () => {
    const outcomes = await outcomeOf<Record<string, Outcome>>(program(), "client", await onServer());
    expect(outcomes["add on /foo"]).toEqual(succeeded({ C: 15 }));
    expect(outcomes["page"]).toEqual(succeeded(["200 OK", "", "page"]));
    expect(outcomes["page once more"]).toEqual(outcomes["page"]);
  });

  describe("our client of a Go server", () => {
    let server: Program;
    beforeAll(async () => {
      server = await Program.start(program(), "server");
    });
    afterAll(() => server.stop());

    async function dialHTTP(options: ConnectOptions = {}): Promise<Client> {
      const conn = await tcp.dial(server.address);
      return newClient(await connectHTTP(conn, { address: server.address, ...options }), { codec: "gob" });
    }

    test("calls on both paths, and closes (TestHTTP, TestBuiltinTypes, TestTCPClose)", async () => {
      for (const path of [undefined, "/foo"]) {
        const client = await dialHTTP({ path });
        expect(await client.service(go.arith).Add({ A: 7, B: 8 })).toEqual({ C: 15 });
        const types = client.service(go.builtinTypes);
        expect(await types.Map({ A: 7, B: 8 })).toEqual(new Map([[7, 8]]));
        expect(await types.Slice({ A: 7, B: 8 })).toEqual([7, 8]);
        expect(await types.Array({ A: 7, B: 8 })).toEqual([7, 8]);
        expect(await client.service(go.arith).Mul({ A: 17, B: 8 })).toEqual({ C: 136 });
        client.close();
        await expect(client.call("Arith.Mul", { A: 17, B: 8 })).rejects.toThrow("connection is shut down");
      }
    });

    test("has many calls in flight", async () => {
      const client = await dialHTTP();
      onTestFinished(() => client.close());
      const calls = Array.from({ length: 1000 }, (_, i) => client.service(go.arith).Mul({ A: i, B: 2 }));
      expect((await Promise.all(calls)).reduce((sum, { C }) => sum + C, 0)).toBe(999_000);
    });

    test("is told as Go's client is that nobody serves there", async () => {
      const words = `dial-http tcp ${server.address}: unexpected HTTP response:`;
      await expect(dialHTTP({ path: "/nowhere" })).rejects.toThrow(`${words} 404 Not Found`);
      await expect(dialHTTP({ path: "/page" })).rejects.toThrow(`${words} 200 OK`);
    });
  });
});

describe.skipIf(curl === undefined)("curl (skipped unless it is on PATH)", () => {
  const ask = async (...args: string[]) =>
    (await run(curl as string, ["-sS", "--max-time", "10", "-w", " %{http_code} %{num_connects}", ...args])).stdout;

  for (const [name, listen] of Object.entries({ "Node's server": onServer, "the one port": onPort })) {
    test(`gets pages, JSON and refusals from ${name}`, async () => {
      const url = `http://${await listen()}`;
      expect(await ask(`${url}/_goRPC_`)).toBe("405 must CONNECT\n 405 1");
      expect(await ask(`${url}/debug/rpc`)).toContain("<!doctype html>");
      const json = await ask("-H", "Accept: application/json", `${url}/debug/rpc`);
      expect(JSON.parse(json.replace(/ 200 1$/, ""))).toEqual(JSON.parse(JSON.stringify(busySnapshot())));
      expect(await ask("--http2", `${url}/_goRPC_`)).toBe("405 must CONNECT\n 405 1");
    });
  }

  test("keeps its connection to Node's server for the next page", async () => {
    const url = `http://${await onServer()}`;
    const many = ["-d", "x".repeat(100_000), `${url}/page`, "--next", "-sS", "-w", " %{http_code} %{num_connects}"];
    expect(await ask(...many, `${url}/other`)).toBe("page 200 1other 200 0");
  });
});
