// What the README says of each line of nginx.conf, with the real nginx: with the line, and without it.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { get } from "node:http";
import { connect } from "node:http2";
import { type AddressInfo, createServer } from "node:net";
import { json, text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as ws from "toolkit/ws";
import { describe, expect, onTestFinished, test } from "vitest";
import { leavesNoSocket } from "../../test/support/handles.js";
import { requireTool } from "../../test/support/tools.js";
import { edit, startNginx } from "./nginx.js";
import { type ProxiedOptions, serveProxied } from "./proxied.js";

const exec = promisify(execFile);
const nginx = requireTool("nginx");

/** Starts all for one test; there are no ticks. */
async function behindNginx(options: ProxiedOptions = {}) {
  const proxied = await serveProxied("127.0.0.1:0", { tickMs: 0, ...options });
  onTestFinished(() => proxied[Symbol.asyncDispose]());
  const { url, apps } = proxied;
  return {
    ...proxied,
    apps,
    /** Tells which server answers, and what it knows. */
    who: async () => {
      const response = await fetch(`${url}/who`, { headers: { Connection: "close" } });
      return (await response.json()) as { server: string; client: string; url: string };
    },
    dial: async (room: string, dialOptions: ws.DialOptions = {}) => {
      const conn = await ws.dial(`${url.replace("http", "ws")}/ws?room=${room}`, dialOptions);
      onTestFinished(async () => {
        conn.closeNow();
        await conn.closed;
      });
      return conn;
    },
  };
}

type Behind = Awaited<ReturnType<typeof behindNginx>>;

/** Enters a room; tells which server it is on. */
async function enter(behind: Behind, room: string) {
  const conn = await behind.dial(room);
  const { server } = await conn.readJSON<{ server: string }>();
  return { conn, server };
}

/** Says something in a room, and waits until it comes back. */
async function say(conn: ws.Conn, words: string): Promise<void> {
  await conn.writeMessage(ws.TextMessage, words);
  for await (const message of conn) if (message.json<{ text: string }>().text === words) return;
}

const title = nginx === undefined ? "skipped, as nginx is not on PATH: behind nginx" : "behind nginx";
describe.skipIf(nginx === undefined)(title, () => {
  leavesNoSocket();

  describe("connections to the servers", () => {
    const tenRequests = async (behind: Behind) => {
      const servers: string[] = [];
      for (let i = 0; i < 10; i++) servers.push((await behind.who()).server);
      return { servers: servers.join(""), connections: behind.apps.map((app) => app.connections) };
    };

    test("requests go to the servers in turn, on one connection each", async () => {
      const { servers, connections } = await tenRequests(await behindNginx());
      expect(servers).toMatch(/^(AB){5}$|^(BA){5}$/);
      expect(connections).toEqual([1, 1]);
    });

    test("with `Connection: close` for those that do not upgrade, each request needs a connection", async () => {
      const behind = await behindNginx({ changes: { '""      "";': '""      close;' } });
      expect((await tenRequests(behind)).connections).toEqual([5, 5]);
    });

    test("a server that is gone is left out, and nobody notices", async () => {
      const behind = await behindNginx();
      await behind.apps[0]?.[Symbol.asyncDispose]();
      expect((await tenRequests(behind)).servers).toBe("B".repeat(10));
    });
  });

  describe("the upgrade", () => {
    test("without the Upgrade field it is an ordinary request, to a path that has none", async () => {
      const changes = { "proxy_set_header Upgrade           $http_upgrade;": "" };
      await expect((await behindNginx({ changes })).dial("lobby")).rejects.toMatchObject({ status: 404 });
    });

    test("over HTTP/1.0 there is none", async () => {
      const changes = { "proxy_http_version 1.1;": "proxy_http_version 1.0;" };
      await expect((await behindNginx({ changes })).dial("lobby")).rejects.toMatchObject({ status: 426 });
    });

    test("a page of this host is served, one of another host is not", async () => {
      const behind = await behindNginx();
      await behind.dial("lobby", { headers: { Origin: behind.url } });
      const other = behind.dial("lobby", { headers: { Origin: "http://evil.example" } });
      await expect(other).rejects.toMatchObject({ status: 403 });
    });

    test("without the Host field every page is one of another host", async () => {
      const behind = await behindNginx({ changes: { "proxy_set_header Host              $http_host;": "" } });
      await expect(behind.dial("lobby", { headers: { Origin: behind.url } })).rejects.toMatchObject({ status: 403 });
    });
  });

  test("proxy_read_timeout cuts a silent conn; pings that come more often keep one that is older", async () => {
    const changes = { "proxy_read_timeout 60s;": "proxy_read_timeout 1s;" };
    const pinged = await enter(await behindNginx({ changes, pingMs: 100 }), "lobby");
    const hearing = pinged.conn.readJSON(); // which answers pings too
    const silent = await enter(await behindNginx({ changes, pingMs: 0 }), "lobby");
    await expect(silent.conn.readMessage()).rejects.toMatchObject({ closeCode: 1006 });
    await pinged.conn.writeMessage(ws.TextMessage, "still here");
    expect(await hearing).toMatchObject({ text: "still here" });
  });

  describe("events", () => {
    /** Tells in which order an event is sent, other requests are answered, and many more events are sent and one read. */
    async function order(lines: string, isLate: boolean): Promise<string[]> {
      const { url, apps, who } = await behindNginx({ changes: { "proxy_buffering off;": lines } });
      const publish = (data: string) => apps.forEach(({ feed }) => feed.publish(data));
      const seen: string[] = [];
      const over = new AbortController();
      const reading = (async () => {
        const init = { headers: { "Last-Event-ID": "0" }, signal: over.signal }; // what was published before, too
        const { body } = await fetch(`${url}/events`, init);
        let all = "";
        for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
          all += new TextDecoder().decode(chunk);
          if (all.includes("data: one")) break;
        }
        seen.push("read");
      })();
      publish("one");
      if (!isLate) await reading;
      for (let i = 0; i < 10; i++) await who();
      seen.push("requests", "more");
      publish(randomBytes(100_000).toString("base64")); // so that no compression makes it short
      await reading;
      over.abort();
      return seen;
    }

    const deaf = "proxy_ignore_headers X-Accel-Buffering;";
    const gzip = "gzip on; gzip_types text/event-stream;";
    test.each([
      ["buffered, over HTTP/1.0", `${deaf} proxy_http_version 1.0;`],
      ["buffered, and compressed", `${deaf} ${gzip}`],
    ])("%s they come when a buffer is full", async (_, lines) => {
      expect(await order(lines, true)).toEqual(["requests", "more", "read"]);
    });
    test.each([
      ["buffered, over HTTP/1.1, in chunks,", deaf],
      ["with proxy_buffering off, over HTTP/1.0,", `${deaf} proxy_http_version 1.0; proxy_buffering off;`],
      ["with proxy_buffering off, compressed,", `${deaf} ${gzip} proxy_buffering off;`],
      ["with X-Accel-Buffering, which rest.events sends,", "proxy_http_version 1.0;"],
    ])("%s they come at once", async (_, lines) => {
      expect(await order(lines, false)).toEqual(["read", "requests", "more"]);
    });
  });

  describe("who the client is", () => {
    /** Asks from an address that is not the proxy's, and pretends to be another. */
    async function pretend(url: string, localAddress: string): Promise<string> {
      const request = get(`${url}/who`, { localAddress, agent: false, headers: { "X-Forwarded-For": "6.6.6.6" } });
      const [response] = (await once(request, "response")) as [NodeJS.ReadableStream];
      return ((await json(response)) as { client: string }).client;
    }

    test("is what the proxy says, and not what the client says", async () => {
      const { url, apps } = await behindNginx();
      expect(await pretend(url, "127.0.0.2")).toBe("127.0.0.2");
      expect(await pretend(apps[0]?.url ?? "", "127.0.0.2")).toBe("127.0.0.2"); // past the proxy
    });

    test("without the field all are the proxy, and what a client says is believed", async () => {
      const changes = { "proxy_set_header X-Forwarded-For   $proxy_add_x_forwarded_for;": "" };
      const { url, who } = await behindNginx({ changes });
      expect((await who()).client).toBe("127.0.0.1");
      expect(await pretend(url, "127.0.0.2")).toBe("6.6.6.6");
    });
  });

  describe("rooms", () => {
    const names = ["red", "green", "blue", "cyan", "pink", "grey", "gold", "teal"];

    test("are on one server each, so that all in one hear each other; both servers have some", async () => {
      const behind = await behindNginx();
      const servers = new Set<string>();
      for (const name of names) {
        const [one, other] = [await enter(behind, name), await enter(behind, name)];
        expect(other.server, name).toBe(one.server);
        servers.add(one.server);
        await Promise.all([other.conn.writeMessage(ws.TextMessage, "hello"), say(one.conn, "hello")]);
      }
      expect([...servers].toSorted()).toEqual(["A", "B"]);
    });

    test("without `hash` two guests of a room do not meet", async () => {
      const behind = await behindNginx({ changes: { "hash $arg_room consistent;": "" } });
      const servers = [(await enter(behind, "red")).server, (await enter(behind, "red")).server];
      expect(servers.toSorted()).toEqual(["A", "B"]);
    });

    test("go to another server when theirs is gone, upon which its guests are told", async () => {
      const behind = await behindNginx();
      const before = await enter(behind, "red");
      await behind.apps[before.server === "A" ? 0 : 1]?.[Symbol.asyncDispose]();
      await expect(before.conn.readMessage()).rejects.toMatchObject({ closeCode: 1001 });
      expect((await enter(behind, "red")).server).toBe(before.server === "A" ? "B" : "A");
    });
  });

  test("nginx ends TLS: WebSocket over HTTP/1.1, REST over HTTP/2, and the server knows what was asked for", async () => {
    const { secureURL, ca } = await behindNginx();
    const conn = await ws.dial(`${secureURL.replace("https", "wss")}/ws`, { ca, headers: { Origin: secureURL } });
    await say(conn, "over TLS");
    conn.close();
    await conn.closed;

    const session = connect(secureURL, { ca });
    const stream = session.request({ ":path": "/who" });
    expect(JSON.parse(await text(stream))).toMatchObject({ url: `${secureURL}/who` });
    expect(session.alpnProtocol).toBe("h2");
    session.close();
    await once(session, "close");
  });

  describe("limits", () => {
    test("a body that is too large does not reach the server", async () => {
      const { url } = await behindNginx();
      const post = (size: number) =>
        fetch(`${url}/who`, {
          method: "POST",
          body: JSON.stringify("x".repeat(size - 2)),
          headers: { "Content-Type": "application/json", Connection: "close" },
        });
      const [right, large] = [await post(65_536), await post(65_537)];
      expect([right.status, large.status]).toEqual([200, 413]);
      await Promise.all([right.text(), large.text()]);
    });

    test("conns of one address are counted, and given back", async () => {
      const behind = await behindNginx({ changes: { "limit_conn conns 100;": "limit_conn conns 2;" } });
      const first = await behind.dial("lobby");
      await behind.dial("lobby");
      await expect(behind.dial("lobby")).rejects.toMatchObject({ status: 429 });
      first.close();
      await first.closed;
      const again = () => behind.dial("lobby");
      await expect.poll(again).toMatchObject({ subprotocol: "" });
    });
  });

  test("the client's program tells who answers", async () => {
    const { url, apps } = await behindNginx();
    const run = fileURLToPath(new URL("../run.ts", import.meta.url));
    const clock = setInterval(() => apps.forEach(({ feed }) => feed.publish("tick")), 50);
    onTestFinished(() => clearInterval(clock));
    const args = ["--import", "tsx", "--conditions=toolkit-source", run, "nginx/client", url, "red"];
    const { stdout } = await exec(process.execPath, args);
    expect(stdout).toMatch(
      /^(REST: server (A|B) answers 127\.0\.0\.1\n){4}(WebSocket: server (A|B) has the room red\n)\3{3}Events: tick\n$/,
    );
  });

  test("what nginx does not like is told in its words", async () => {
    await expect(startNginx(() => "nonsense;")).rejects.toThrow('unknown directive "nonsense"');
  });
});

test("where there is no nginx, that is said, and how to get it", async () => {
  const run = fileURLToPath(new URL("../run.ts", import.meta.url));
  const args = ["--import", "tsx", "--conditions=toolkit-source", run, "nginx", "127.0.0.1:0"];
  const failure = (await exec(process.execPath, args, { env: { PATH: "" } }).catch((err: unknown) => err)) as Error;
  expect(failure).toMatchObject({
    code: 1,
    stdout: "",
    stderr: "nginx: nginx is not on PATH: install it, as with `apt install nginx` or `brew install nginx`\n",
  });
});

test("a port that is taken is told, and nothing is left behind", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const run = fileURLToPath(new URL("../run.ts", import.meta.url));
  const args = ["--import", "tsx", "--conditions=toolkit-source", run, "nginx", `127.0.0.1:${port}`];
  const failure = (await exec(process.execPath, args).catch((err: unknown) => err)) as { code: number; stderr: string };
  taken.close();
  expect(failure.stderr).toMatch(/^nginx: .*EADDRINUSE.*\n$/);
  expect(failure.code).toBe(1);
});

test("a change that changes nothing is refused", () => {
  expect(() => edit("a b;", { "c d;": "" })).toThrow('nginx.conf has no "c d;"');
});
