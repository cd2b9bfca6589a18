import { once } from "node:events";
import { createServer as createHTTPServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import express from "express";
import * as ws from "toolkit/ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { leavesNoSocket } from "../../test/support/handles.js";
import type { Running } from "../shared/run-server.js";
import { Echo, upgrader } from "./echo.js";
import { frameworks } from "./frameworks.js";

test("without `attach` the route runs, but the connection is Node's to keep", async () => {
  const app = express().get("/ws", (request, response) => new Echo().serve(upgrader.upgrade(request, response)));
  const server = createHTTPServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expect(ws.dial(`ws://127.0.0.1:${port}/ws`)).rejects.toMatchObject({ status: 500 });
  server.close();
  await once(server, "close");
});

describe.each(Object.entries(frameworks))("%s", (name, serve) => {
  leavesNoSocket();
  let server: Running;
  let url: string;
  beforeAll(async () => {
    server = await serve("127.0.0.1:0");
    url = `${server.url.replace("http", "ws")}/ws`;
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** Sends a request on a connection of its own. */
  const ask = (path: string, method = "GET", headers: Record<string, string> = {}) =>
    fetch(server.url + path, { method, headers: { Connection: "close", ...headers } });

  async function signIn(): Promise<Record<string, string>> {
    const response = await ask("/session", "POST");
    expect(response.status).toBe(204);
    const cookie = response.headers.get("Set-Cookie") ?? "";
    expect(cookie).toMatch(/^session=[\w-]{22}; .*httponly/i);
    expect(cookie).toMatch(/samesite=strict/i);
    return { Cookie: cookie.split(";")[0] ?? "" };
  }

  test("GET / is the page, in one piece", async () => {
    const response = await ask("/");
    expect(response.headers.get("Content-Type")).toMatch(/^text\/html/);
    const html = (await response.text()).toLowerCase();
    expect(html).toContain(`<h1>websocket in ${name}</h1>`);
    expect(html).not.toContain("<!--");
  });

  test("who has signed in is upgraded, and hears the own words", async () => {
    const conn = await ws.dial(url, { headers: await signIn() });
    for (const text of ["one", "two"]) {
      await conn.writeMessage(ws.TextMessage, text);
      expect((await conn.readMessage()).text()).toBe(text);
    }
    conn.close();
    await conn.closed;
  });

  test("who has not is refused with 401 by the framework, and so is who has signed out", async () => {
    const err = (await ws.dial(url).catch((e: unknown) => e)) as ws.BadHandshakeError;
    expect(err).toMatchObject({ name: "BadHandshakeError", status: 401 });
    expect(new TextDecoder().decode(err.body)).toContain("Sign in first.");
    const headers = await signIn();
    expect((await ask("/session", "DELETE", headers)).status).toBe(204);
    await expect(ws.dial(url, { headers })).rejects.toMatchObject({ status: 401 });
    await expect(ws.dial(url, { headers: { Cookie: "session=" } })).rejects.toMatchObject({ status: 401 });
  });

  test("a page of another site is refused with 403, signed in or not", async () => {
    const headers = { ...(await signIn()), Origin: "http://evil.example" };
    await expect(ws.dial(url, { headers })).rejects.toMatchObject({ status: 403 });
  });

  test("a path that nobody serves is the framework's 404", async () => {
    await expect(ws.dial(`${url}/nowhere`)).rejects.toMatchObject({ status: 404 });
  });

  test("an ordinary request to /ws is told what is missing", async () => {
    expect((await ask("/ws", "GET", await signIn())).status).toBe(400);
  });

  test("a server that stops says so, and its port is free", async () => {
    const own = await serve("127.0.0.1:0");
    const dial = async () => ws.dial(`${own.url.replace("http", "ws")}/ws`, { headers: await signIn() });
    const conns = await Promise.all([dial(), dial()]);
    const ends = conns.map((conn) => expect(conn.readMessage()).rejects.toMatchObject({ closeCode: 1001 }));
    await own[Symbol.asyncDispose]();
    await Promise.all(ends);
    const { port } = new URL(own.url);
    const next = createServer().listen(Number(port), "127.0.0.1");
    await once(next, "listening");
    next.close();
    await once(next, "close");
  });
});
