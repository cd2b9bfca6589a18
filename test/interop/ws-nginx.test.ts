import type { Listener } from "toolkit/net";
import * as ws from "toolkit/ws";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Nginx, startNginx } from "../../examples/nginx/nginx.js";
import { requireTool } from "../support/tools.js";
import { echo, exchange } from "./ws-meet.js";

const nginx = requireTool("nginx");
const readTimeoutMs = 1000;
const heartbeat = { intervalMs: 300, timeoutMs: 2000 };

/** A reverse proxy as its manual has it for WebSocket, with a short idle time. */
const config = (port: number, plain: number, beating: number) => `
pid nginx.pid;
error_log stderr notice;
events {}
http {
  access_log off;
  client_body_temp_path temp/body;
  proxy_temp_path temp/proxy;
  fastcgi_temp_path temp/fastcgi;
  uwsgi_temp_path temp/uwsgi;
  scgi_temp_path temp/scgi;
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";
    proxy_set_header Host $http_host;
    proxy_read_timeout ${readTimeoutMs}ms;
    location / {
      proxy_pass http://127.0.0.1:${plain};
    }
    location /beating {
      proxy_pass http://127.0.0.1:${beating};
    }
    location /forgetful {
      proxy_pass http://127.0.0.1:${plain}/;
      proxy_set_header Connection "";
      proxy_set_header Upgrade "";
    }
  }
}
`;

/** Waits for so many pings, and answers them. */
function pings(conn: ws.Conn, count: number): Promise<void> {
  let seen = 0;
  return new Promise((resolve, reject) => {
    void conn.closed.then(() => reject(new Error(`cut after ${seen} pings`)));
    conn.setPingHandler(async (data) => {
      await conn.writeControl(ws.PongMessage, data);
      if (++seen === count) resolve();
    });
  });
}

describe.skipIf(nginx === undefined)("behind nginx as a reverse proxy (skipped unless nginx is on PATH)", () => {
  let proxy: Nginx;
  let plain: Listener<ws.Conn, ws.WSAddr>;
  let beating: Listener<ws.Conn, ws.WSAddr>;
  let port = 0;

  beforeAll(async () => {
    plain = await ws.listen("127.0.0.1:0", { enableCompression: true });
    beating = await ws.listen("127.0.0.1:0", { path: "/beating", heartbeat });
    proxy = await startNginx((port) => config(port, plain.addr.port, beating.addr.port));
    [port = 0] = proxy.ports;
  });
  afterAll(async () => {
    plain.close();
    beating.close();
    await proxy[Symbol.asyncDispose]();
  });

  /** Conns of ours on both sides of the proxy. */
  async function pair(listener: Listener<ws.Conn, ws.WSAddr>, path: string, options: ws.DialOptions = {}) {
    const dialling = ws.dial(`ws://127.0.0.1:${port}${path}`, options);
    const [client, server] = await Promise.all([dialling, listener.accept()]);
    onTestFinished(async () => {
      for (const conn of [client, server]) conn.closeNow();
      await Promise.all([client.closed, server.closed]);
    });
    return { client, server };
  }

  test.each([false, true])("messages of every size come and go, with compression: %s", async (enableCompression) => {
    const { client, server } = await pair(plain, "/", { enableCompression });
    await Promise.all([exchange(client), echo(server)]);
  });

  test("codes and texts of close messages arrive", async () => {
    const { client, server } = await pair(plain, "/");
    server.close(4001, "enough");
    await expect(client.readMessage()).rejects.toMatchObject({ closeCode: 4001, text: "enough" });
    await Promise.all([client.closed, server.closed]);
  });

  test("a conn that is idle is cut, which is 1006 on both sides", async () => {
    const { client, server } = await pair(plain, "/");
    const start = performance.now();
    await client.writeMessage(ws.TextMessage, "once");
    await server.readMessage();
    await expect(client.readMessage()).rejects.toMatchObject({ closeCode: 1006 });
    expect(performance.now() - start).toBeGreaterThan(readTimeoutMs * 0.9);
    await expect(server.readMessage()).rejects.toMatchObject({ closeCode: 1006 });
    await Promise.all([client.closed, server.closed]);
  });

  test("a conn with heartbeats of either side lives", async () => {
    const byServer = await pair(beating, "/beating");
    const byClient = await pair(plain, "/", { heartbeat });
    const start = performance.now();
    await Promise.all([pings(byServer.client, 8), pings(byClient.server, 8)]);
    expect(performance.now() - start).toBeGreaterThan(2 * readTimeoutMs);
    for (const { client, server } of [byServer, byClient]) await Promise.all([exchange(client), echo(server)]);
  });

  test("a proxy that forgets to pass the upgrade on is refused, and so is another host's page", async () => {
    const dial = (path: string, options: ws.DialOptions = {}) => ws.dial(`ws://127.0.0.1:${port}${path}`, options);
    await expect(dial("/forgetful")).rejects.toMatchObject({ name: "BadHandshakeError", status: 426 });
    const headers = { Origin: "http://elsewhere.example" };
    await expect(dial("/", { headers })).rejects.toMatchObject({ status: 403 });
    const page = await ws.dial(`ws://127.0.0.1:${port}/`, { headers: { Origin: `http://127.0.0.1:${port}` } });
    page.closeNow();
    (await plain.accept()).closeNow();
    await page.closed;
  });
});
