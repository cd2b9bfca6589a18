import { describe, expect, test } from "vitest";
import { isClosed, isTimeout, type OpError, readAll } from "../../src/net/index.js";
import * as unix from "../../src/unix/index.js";
import { bytes, readAllText, readText, reasonOf, sameBytes, sequence } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing, restingSockets, socketsAreGone } from "../support/handles.js";
import { freshPath } from "../support/temp.js";

leavesNoSocket();
raisesNothing();
const keep = closing();

describe("connections that nobody accepts", () => {
  test("wait up to the backlog; those beyond are turned away", async () => {
    const listener = keep(await unix.listen(freshPath(), { backlog: 2 }));
    const waiting: unix.UnixConn[] = [];
    for (let i = 0; i < 2; i++) {
      const conn = keep(await unix.dial(listener.addr));
      await conn.write(bytes(`client ${i}`));
      waiting.push(conn);
    }
    for (let i = 0; i < 3; i++) {
      const end = await unix
        .dial(listener.addr)
        .then((conn) => readText(keep(conn)))
        .catch(() => null);
      expect(end).toBe(null);
    }
    for (const [i, conn] of waiting.entries()) {
      const accepted = keep(await listener.accept());
      expect(await readText(accepted)).toBe(`client ${i}`);
      await accepted.write(bytes("welcome"));
      expect(await readText(conn)).toBe("welcome");
    }
  });

  test("hold back what they are sent", async () => {
    const listener = keep(await unix.listen(freshPath()));
    const conn = keep(await unix.dial(listener.addr));
    conn.setWriteDeadline(Date.now() + 50);
    const err = (await reasonOf(conn.write(new Uint8Array(16 * 1024 * 1024)))) as OpError;
    expect(isTimeout(err)).toBe(true);
    expect(err.bytesWritten).toBeLessThan(4 * 1024 * 1024);
  });

  test("end when the listener closes; those that were accepted go on", async () => {
    const listener = keep(await unix.listen(freshPath()));
    const [first, accepted] = await Promise.all([unix.dial(listener.addr), listener.accept()]);
    const second = keep(await unix.dial(listener.addr));
    await keep(first).write(bytes("x"));
    await keep(accepted).read(new Uint8Array(1)); // by now the other has been taken in
    listener.close();
    expect(await readText(second).catch(() => null)).toBe(null);
    await accepted.write(bytes("still here"));
    expect(await readText(first)).toBe("still here");
    expect(await reasonOf(unix.dial(listener.addr))).toMatchObject({ code: "ENOENT" });
  });
});

describe("a signal", () => {
  test("keeps a listener from coming to be, and leaves no file", async () => {
    const before = await restingSockets();
    const reason = { any: "value" };
    const path = freshPath();
    expect(await reasonOf(unix.listen(path, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    const abort = new AbortController();
    const listening = reasonOf(unix.listen(path, { signal: abort.signal }));
    abort.abort(reason);
    expect(await listening).toBe(reason);
    await socketsAreGone(before);
    expect(await reasonOf(unix.dial(path))).toMatchObject({ code: "ENOENT" });
  });

  test("closes a listener later", async () => {
    const abort = new AbortController();
    const listener = keep(await unix.listen(freshPath(), { signal: abort.signal }));
    const accepting = reasonOf(listener.accept());
    abort.abort();
    expect(isClosed(await accepting)).toBe(true);
  });

  test("gives up a dial, with its reason itself", async () => {
    const listener = keep(await unix.listen(freshPath()));
    const before = await restingSockets();
    const reason = { any: "value" };
    expect(await reasonOf(unix.dial(listener.addr, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    const abort = new AbortController();
    const dialling = reasonOf(unix.dial(listener.addr, { signal: abort.signal }));
    abort.abort(reason);
    expect(await dialling).toBe(reason);
    (await listener.accept()).close();
    await socketsAreGone(before);
  });
});

test("a time limit that is longer than a timer can be is none", async () => {
  const listener = keep(await unix.listen(freshPath()));
  for (const timeoutMs of [2 ** 31, Number.POSITIVE_INFINITY, 60_000]) {
    keep(await unix.dial(listener.addr, { timeoutMs }));
  }
});

describe("conns", () => {
  async function meet(): Promise<[dialled: unix.UnixConn, accepted: unix.UnixConn]> {
    const listener = keep(await unix.listen(freshPath()));
    const [dialled, accepted] = await Promise.all([unix.dial(listener.addr), listener.accept()]);
    return [keep(dialled), keep(accepted)];
  }

  test("half-close both ways", async () => {
    const [a, b] = await meet();
    await a.write(bytes("request"));
    await a.closeWrite();
    expect(await readAllText(b)).toBe("request");
    await b.write(bytes("answer"));
    await b.closeWrite();
    expect(await readAllText(a)).toBe("answer");
    await Promise.all([a.closed, b.closed]);
  });

  test("deliver what was written in the tick of their close", async () => {
    for (const size of [1, 5000, 100_000]) {
      const [a, b] = await meet();
      const want = sequence(size);
      const reading = readAll(b);
      void a.write(want).catch(() => {}); // it may be told that it was closed
      a.close();
      sameBytes(await reading, want);
    }
  });

  test("and listeners keep the process alive until they are unrefed", async () => {
    const listener = keep(await unix.listen(freshPath()));
    const [dialled, accepted] = await Promise.all([unix.dial(listener.addr), listener.accept()]);
    const all = [listener, keep(dialled), keep(accepted)];
    const before = await restingSockets();
    for (const each of all) each.unref();
    expect(before.length - (await restingSockets()).length).toBe(3);
    for (const each of all) each.ref();
    expect((await restingSockets()).length).toBe(before.length);
  });
});
