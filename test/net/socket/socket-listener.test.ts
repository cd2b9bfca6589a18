import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { expect, test } from "vitest";
import { isClosed, OpError, pipe, type StreamConn } from "../../../src/net/index.js";
import { SocketListener } from "../../../src/net/socket/socket-listener.js";
import { reasonOf } from "../../support/bytes.js";
import { closing } from "../../support/closing.js";
import { leavesNoSocket, raisesNothing } from "../../support/handles.js";

leavesNoSocket();
raisesNothing();
const keep = closing();
const addr = { transport: "test", toString: () => "somewhere" };

async function make(backlog = 2, onClose?: () => void): Promise<[SocketListener<StreamConn, typeof addr>, Server]> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const parts = { server, net: "test", addr, backlog, ...(onClose && { onClose }) };
  return [keep(new SocketListener<StreamConn, typeof addr>(parts)), server];
}

test("a failure to accept is told to those who wait, and the listener goes on", async () => {
  const [listener, server] = await make();
  const waiting = [1, 2].map(() => reasonOf(listener.accept()));
  server.emit("error", Object.assign(new Error("accept EMFILE"), { code: "EMFILE", syscall: "accept" }));
  for (const err of await Promise.all(waiting)) {
    expect(err).toBeInstanceOf(OpError);
    expect(err).toMatchObject({ message: "accept test somewhere: accept: too many open files", code: "EMFILE" });
  }
  const [conn] = pipe();
  expect(listener.offer(conn)).toBe(true);
  expect(await listener.accept()).toBe(conn);
});

test("a failure to accept while nobody waits is nobody's business", async () => {
  const [listener, server] = await make();
  server.emit("error", Object.assign(new Error("accept EMFILE"), { code: "EMFILE", syscall: "accept" }));
  const [conn] = pipe();
  listener.offer(conn);
  expect(await listener.accept()).toBe(conn);
});

test("room is what the backlog leaves, and for each who waits", async () => {
  const [listener] = await make(1);
  const conns = [1, 2, 3].map(() => pipe()[0]);
  expect(listener.hasRoom).toBe(true);
  expect(conns.map((conn) => listener.offer(conn))).toEqual([true, false, false]);
  expect(listener.hasRoom).toBe(false);
  await listener.accept();
  const accepting = listener.accept();
  expect(listener.offer(conns[1] as StreamConn)).toBe(true);
  expect(await accepting).toBe(conns[1]);
  expect(listener.hasRoom).toBe(true);
});

test("closing closes those that wait, takes no more, and says so once", async () => {
  let closes = 0;
  const [listener, server] = await make(2, () => {
    closes++;
  });
  const [waiting, late] = [pipe()[0], pipe()[0]];
  listener.offer(waiting);
  listener.close();
  listener.close();
  expect(closes).toBe(1);
  expect(server.listening).toBe(false);
  await waiting.closed;
  expect(listener.offer(late)).toBe(false);
  expect(listener.hasRoom).toBe(false);
  expect(isClosed(await reasonOf(listener.accept()))).toBe(true);
});
