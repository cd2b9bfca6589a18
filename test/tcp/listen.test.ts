import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { isClosed, isTimeout, type OpError } from "../../src/net/index.js";
import * as tcp from "../../src/tcp/index.js";
import { bytes, readText, reasonOf } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing, restingSockets, socketsAreGone } from "../support/handles.js";
import { rawDial } from "../support/raw.js";

leavesNoSocket();
raisesNothing();
const keep = closing();

describe("connections that nobody accepts", () => {
  test("wait up to the backlog; those beyond are reset", async () => {
    const listener = keep(await tcp.listen("127.0.0.1:0", { backlog: 2 }));
    const waiting = [keep(await tcp.dial(listener.addr)), keep(await tcp.dial(listener.addr))];
    for (let i = 0; i < 3; i++) {
      expect(await reasonOf(dialAndRead(listener.addr))).toMatchObject({ code: "ECONNRESET" });
    }
    for (const conn of waiting) {
      const accepted = keep(await listener.accept());
      expect(accepted.remoteAddr).toEqual(conn.localAddr);
      await accepted.write(bytes("welcome"));
      expect(await readText(conn)).toBe("welcome");
    }
    const late = keep(await tcp.dial(listener.addr));
    expect(keep(await listener.accept()).remoteAddr).toEqual(late.localAddr);
  });

  test("are taken beyond a backlog of 0 only by those who wait for them", async () => {
    const listener = keep(await tcp.listen("127.0.0.1:0", { backlog: 0 }));
    const accepting = listener.accept();
    const conn = keep(await tcp.dial(listener.addr));
    expect(keep(await accepting).remoteAddr).toEqual(conn.localAddr);
    expect(await reasonOf(dialAndRead(listener.addr))).toMatchObject({ code: "ECONNRESET" });
  });

  test("hold back what they are sent", async () => {
    const listener = keep(await tcp.listen("127.0.0.1:0"));
    const conn = keep(await tcp.dial(listener.addr));
    conn.setWriteDeadline(Date.now() + 200);
    const size = 64 * 1024 * 1024;
    const err = (await reasonOf(conn.write(new Uint8Array(size)))) as OpError;
    expect(isTimeout(err)).toBe(true);
    expect(err.bytesWritten).toBeLessThan(size / 2);
    const accepted = keep(await listener.accept());
    conn.close();
    let n = 0;
    for await (const chunk of accepted.readable) n += chunk.byteLength;
    expect(n).toBeLessThanOrEqual(err.bytesWritten ?? 0);
  });

  test("end when the listener closes; those that were accepted go on", async () => {
    const listener = keep(await tcp.listen("127.0.0.1:0"));
    const [first, accepted] = await Promise.all([tcp.dial(listener.addr), listener.accept()]);
    const second = keep(await tcp.dial(listener.addr));
    const third = keep(await tcp.dial(listener.addr));
    await first.write(bytes("x"));
    await accepted.read(new Uint8Array(1)); // by now the others have been taken in
    listener.close();
    for (const conn of [second, third]) expect(await conn.read(new Uint8Array(8)).catch(() => null)).toBe(null);
    await keep(accepted).write(bytes("still here"));
    expect(await readText(keep(first))).toBe("still here");
    expect(await reasonOf(tcp.dial(listener.addr))).toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("a signal", () => {
  test("that is aborted already, or in the same tick, keeps the listener from coming to be", async () => {
    const before = await restingSockets();
    const reason = { any: "value" };
    expect(await reasonOf(tcp.listen("127.0.0.1:0", { signal: AbortSignal.abort(reason) }))).toBe(reason);
    for (const address of ["127.0.0.1:0", "localhost:0", new tcp.TCPAddr()]) {
      const abort = new AbortController();
      const listening = reasonOf(tcp.listen(address, { signal: abort.signal }));
      abort.abort(reason);
      expect(await listening).toBe(reason);
    }
    await socketsAreGone(before);
  });

  test("closes the listener later", async () => {
    const abort = new AbortController();
    const listener = keep(await tcp.listen("127.0.0.1:0", { signal: abort.signal }));
    const accepting = reasonOf(listener.accept());
    abort.abort();
    expect(isClosed(await accepting)).toBe(true);
  });

  test("forgets a listener that has closed", async () => {
    const { signal } = new AbortController();
    const before = await restingSockets();
    for (let i = 0; i < 3; i++) (await tcp.listen("127.0.0.1:0", { signal })).close();
    await socketsAreGone(before);
    await expect.poll(() => getEventListeners(signal, "abort").length).toBe(0);
  });
});

test("a listener that cannot be leaves nothing behind", async () => {
  const { addr } = keep(await tcp.listen("127.0.0.1:0"));
  const before = await restingSockets();
  await reasonOf(tcp.listen(addr));
  await reasonOf(tcp.listen("nosuch.invalid:0"));
  await socketsAreGone(before);
});

/** A reset may come before the dial is done, or later. */
async function dialAndRead(addr: tcp.TCPAddr): Promise<unknown> {
  return keep(await tcp.dial(addr)).read(new Uint8Array(8));
}

test("a server loop serves many clients at once, and ends when its listener closes", async () => {
  const listener = keep(await tcp.listen("127.0.0.1:0"));
  const serving = (async () => {
    for await (const conn of listener) {
      void (async () => {
        for (let text = await readText(conn); text !== null; text = await readText(conn)) {
          await conn.write(bytes(text.toUpperCase()));
        }
        conn.close();
      })();
    }
  })();
  const answers = Array.from({ length: 40 }, async (_, i) => {
    const conn = keep(await tcp.dial(listener.addr));
    await conn.write(bytes(`client ${i}`));
    const answer = await readText(conn);
    await conn.closeWrite();
    expect(await readText(conn)).toBe(null);
    return answer;
  });
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 40 }, (_, i) => `CLIENT ${i}`));
  listener.close();
  await serving;
});

test("a raw client that says nothing and leaves is a conn that ends", async () => {
  const listener = keep(await tcp.listen("127.0.0.1:0"));
  const [peer, conn] = await Promise.all([rawDial(listener.addr.port), listener.accept()]);
  peer.destroy();
  expect(await readText(keep(conn))).toBe(null);
});
