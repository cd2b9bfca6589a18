import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { attach } from "../../../src/ws/attach.js";
import * as ws from "../../../src/ws/index.js";
import { Upgrader } from "../../../src/ws/upgrader.js";
import { upgradeRequest } from "../raw-peer.js";

/** What the applications of all frameworks serve, each in its own way. */
export interface App {
  readonly server: Server;
  /** What the middleware has seen: the paths of the requests. */
  readonly seen: string[];
  /** How a handler ended that upgraded, or tried to. */
  readonly outcomes: string[];
  close?(): unknown;
}

/** The upgrader of all applications. */
export const upgrader = new Upgrader({ subprotocols: ["echo"] });
export const token = "Bearer good";

/** What a handler does with a conn. */
export async function echo(conn: ws.Conn): Promise<void> {
  for await (const { type, data } of conn) await conn.writeMessage(type, data);
}

/** Sends a request by hand; resolves to all that comes. */
async function ask(port: number, request: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(request);
  let answer = "";
  for await (const chunk of socket as AsyncIterable<Buffer>) answer += chunk.toString("latin1");
  return answer;
}

/** Checks that a framework's handlers upgrade, that its middleware runs, and that its refusals are ordinary answers. */
export function frameworkCases(make: () => App | Promise<App>): void {
  let app: App;
  let port = 0;
  const complaints: unknown[][] = [];
  beforeAll(async () => {
    app = await make();
    attach(app.server);
    if (!app.server.listening) {
      app.server.listen(0, "127.0.0.1");
      await once(app.server, "listening");
    }
    port = (app.server.address() as AddressInfo).port;
    for (const method of ["error", "warn", "info"] as const) {
      vi.spyOn(console, method).mockImplementation((...args) => void complaints.push(args));
    }
  });
  afterEach(() => {
    expect(complaints).toEqual([]);
    app.seen.length = app.outcomes.length = 0;
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await app.close?.();
    app.server.close();
    app.server.closeAllConnections();
  });
  const dial = (path: string, headers: Record<string, string> = {}) =>
    ws.dial(`ws://127.0.0.1:${port}${path}`, { subprotocols: ["echo"], headers });
  const outcome = () => vi.waitFor(() => expect(app.outcomes).toHaveLength(1)).then(() => app.outcomes[0]);

  test("a handler upgrades, and the conn lives for as long as it wants", async () => {
    const conn = await dial("/echo");
    expect(conn.subprotocol).toBe("echo");
    for (const text of ["one", "two", "x".repeat(100_000)]) {
      await conn.writeMessage(ws.TextMessage, text);
      expect((await conn.readMessage()).text()).toBe(text);
    }
    expect(app.seen).toEqual(["/echo"]);
    conn.close();
    await conn.closed;
    expect(await outcome()).toBe("ended");
  });

  test("what middleware sets in the header goes out with the 101, and the caller's own", async () => {
    const socket = connect(port, "127.0.0.1");
    socket.write(upgradeRequest({ "Sec-WebSocket-Protocol": "echo" }, "GET /echo HTTP/1.1"));
    const [chunk] = (await once(socket, "data")) as [Buffer];
    const head = chunk.toString("latin1");
    expect(head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(head).toMatch(/\r\nX-Middleware: ran\r\n/i);
    expect(head).toMatch(/\r\nSet-Cookie: session=1\r\n/i);
    expect(head).toMatch(/\r\nSet-Cookie: own=2\r\n/i);
    expect(head).not.toMatch(/\r\n(Content-|Transfer-Encoding)/i);
    socket.destroy();
    await outcome();
  });

  test("middleware refuses with an ordinary answer, and lets pass who may", async () => {
    const err = await dial("/private").catch((e: unknown) => e);
    expect(err).toMatchObject({ name: "BadHandshakeError", status: 401 });
    expect(new TextDecoder().decode((err as ws.BadHandshakeError).body)).toContain("who are you?");
    const conn = await dial("/private", { Authorization: token });
    conn.close();
    await conn.closed;
    expect(await outcome()).toBe("ended");
  });

  test("a path that nobody serves is the framework's 404, and a redirect a redirect", async () => {
    await expect(dial("/nowhere")).rejects.toMatchObject({ status: 404 });
    await expect(dial("/moved")).rejects.toMatchObject({ status: 302, headers: { location: "/echo" } });
  });

  test("refusals end the connection, with their length", async () => {
    const answer = await ask(port, upgradeRequest({}, "GET /private HTTP/1.1"));
    expect(answer).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
    expect(answer).toMatch(/\r\nConnection: close\r\n/i);
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    expect(Number(/Content-Length: (\d+)/i.exec(head)?.[1])).toBe(body.length);
  });

  test("what the upgrader refuses is answered by it, whether or not the handler catches", async () => {
    for (const path of ["/echo", "/careless"]) {
      const answer = await ask(port, upgradeRequest({ Origin: "http://evil.example" }, `GET ${path} HTTP/1.1`));
      expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
      expect(answer).toMatch(/\r\n\r\nForbidden\n$/);
    }
    complaints.length = 0; // who does not catch may hear of it
    expect(app.outcomes).toEqual(["403"]);
  });

  test("ordinary requests are what they were", async () => {
    const response = await fetch(`http://127.0.0.1:${port}/plain`);
    expect([response.status, await response.text()]).toEqual([200, "plain"]);
    const refused = await fetch(`http://127.0.0.1:${port}/echo`);
    expect([refused.status, await refused.text()]).toEqual([400, "Bad Request\n"]);
    expect(await outcome()).toBe("400");
  });

  test("a request to upgrade to another protocol is served as if it had not asked", async () => {
    const fields = {
      Upgrade: "h2c",
      Connection: "Upgrade, HTTP2-Settings",
      "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA",
    };
    const again = upgradeRequest({ Connection: "close", Upgrade: null }, "GET /plain HTTP/1.1");
    const answer = await ask(port, upgradeRequest(fields, "GET /plain HTTP/1.1") + again);
    expect(answer.match(/HTTP\/1\.1 200 OK\r\n/g)).toHaveLength(2);
    expect(answer.match(/\r\n\r\n(5\r\n)?plain/g)).toHaveLength(2);
  });
}
