import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { describe, expect, test, vi } from "vitest";
import { type Conn, isClosed, OpError, pipe, readAll } from "../../../src/net/index.js";
import { duplexOf } from "../../../src/net/socket/duplex.js";
import * as tcp from "../../../src/tcp/index.js";
import { bytes, readAllText, readText, sameBytes, sequence } from "../../support/bytes.js";
import { closing } from "../../support/closing.js";
import { leavesNoSocket, raisesNothing } from "../../support/handles.js";

leavesNoSocket();
raisesNothing();
const keep = closing();

async function meet(): Promise<[tcp.TCPConn, tcp.TCPConn]> {
  const listener = keep(await tcp.listen("127.0.0.1:0"));
  const [dialled, accepted] = await Promise.all([tcp.dial(listener.addr), listener.accept()]);
  return [keep(dialled), keep(accepted)];
}

describe("a stream of a conn", () => {
  test("carries what the conn reads, to its end, in chunks that stay as they are", async () => {
    const [a, b] = await meet();
    const want = sequence(3_000_000);
    void b.write(want).then(() => b.closeWrite());
    const chunks: Uint8Array[] = [];
    for await (const chunk of duplexOf(a)) chunks.push(chunk as Uint8Array);
    sameBytes(Buffer.concat(chunks), want);
  });

  test("sends what is written to it, and ends the conn's writing side when it ends", async () => {
    const [a, b] = await meet();
    const stream = duplexOf(a);
    const want = sequence(3_000_000);
    const reading = readAll(b);
    stream.write(want.subarray(0, 10));
    stream.end(want.subarray(10));
    await once(stream, "finish");
    sameBytes(await reading, want);
    await b.write(bytes("still open the other way"));
    const [chunk] = (await once(stream, "data")) as [Uint8Array];
    expect(Buffer.from(chunk).toString()).toBe("still open the other way");
    stream.destroy();
  });

  test("goes on writing after the conn's end", async () => {
    const [a, b] = await meet();
    const stream = duplexOf(a);
    await b.closeWrite();
    await once(stream.resume(), "end");
    const closed = once(stream, "close");
    stream.end("a late answer");
    expect(await readAllText(b)).toBe("a late answer");
    await closed;
  });

  test("fits into a pipeline", async () => {
    const [a, b] = await meet();
    const stream = duplexOf(a);
    const echoing = pipeline(stream, stream);
    const want = sequence(500_000);
    const reading = readAll(b);
    await b.write(want);
    await b.closeWrite();
    sameBytes(await reading, want);
    await echoing;
  });

  test("waits while the conn takes no more", async () => {
    const [a, b] = pipe();
    const stream = duplexOf(a);
    expect(stream.write(new Uint8Array(100_000))).toBe(false);
    const p = new Uint8Array(100_000);
    const drained = once(stream, "drain");
    expect(await b.read(p)).toBe(100_000);
    await drained;
    stream.destroy();
  });

  test("reads no more than somebody asks for", async () => {
    const [a, b] = pipe();
    const read = vi.spyOn(a, "read");
    const stream = duplexOf(a);
    await new Promise(setImmediate);
    expect(read).not.toHaveBeenCalled();
    stream.once("data", () => stream.pause());
    await b.write(new Uint8Array(40_000));
    await new Promise(setImmediate);
    expect(read.mock.calls.length).toBeLessThanOrEqual(2);
    stream.destroy();
    b.close();
  });
});

describe("a failure", () => {
  test("of a read is the stream's error, and closes the conn", async () => {
    const [a, b] = await meet();
    const stream = duplexOf(a);
    stream.resume();
    b.setLinger(0);
    b.close();
    const [err] = (await once(stream, "error")) as [unknown];
    expect(err).toBeInstanceOf(OpError);
    expect(err).toMatchObject({ op: "read", code: "ECONNRESET" });
    await a.closed;
  });

  test("of a write is the stream's error, and the writer's", async () => {
    const [a, b] = pipe();
    const stream = duplexOf(a);
    b.close();
    const told = new Promise((resolve) => stream.write("x", resolve));
    const [err] = (await once(stream, "error")) as [unknown];
    expect(err).toMatchObject({ op: "write", code: "EPIPE" });
    expect(await told).toBe(err);
    await a.closed;
  });

  test("of closeWrite is the stream's error", async () => {
    const [a] = pipe();
    const reason = new Error("no end");
    const broken: Conn = Object.assign(Object.create(a) as Conn, {
      closeWrite: () => Promise.reject(reason),
      close: () => a.close(),
    });
    const stream = duplexOf(broken);
    stream.end();
    expect(await once(stream, "error")).toEqual([reason]);
    await a.closed;
  });
});

describe("destroying the stream", () => {
  test("closes the conn, whatever it is about, and raises nothing", async () => {
    const [a, b] = pipe();
    const stream = duplexOf(a);
    stream.resume();
    stream.write("nobody reads this");
    await new Promise(setImmediate);
    stream.destroy();
    await once(stream, "close");
    await a.closed;
    expect(await readText(b)).toBe(null);
    expect(isClosed(await a.read(new Uint8Array(1)).catch((err: unknown) => err))).toBe(true);
  });

  test("with an error tells it", async () => {
    const [a] = pipe();
    const stream = duplexOf(a);
    const reason = new Error("enough");
    stream.destroy(reason);
    expect(await once(stream, "error")).toEqual([reason]);
    await a.closed;
  });
});
