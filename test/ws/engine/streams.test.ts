import { describe, expect, test } from "vitest";
import { isClosed, isTimeout } from "../../../src/net/errors.js";
import { readAll } from "../../../src/net/index.js";
import * as ws from "../../../src/ws/index.js";
import { joinMessages } from "../../../src/ws/join-messages.js";
import { bytes, reasonOf, sameBytes, sequence } from "../../support/bytes.js";
import { closing } from "../../support/closing.js";
import { compressions, makeConns, type PairOptions } from "./pair.js";

const keep = closing();
async function pair(options?: PairOptions) {
  const conns = await makeConns(options);
  for (const conn of conns) keep({ close: () => conn.closeNow() });
  return conns;
}
const text = new TextDecoder();

const settings: [name: string, options: PairOptions][] = [
  ["as they are", {}],
  ...compressions.map(([name, compression]): [string, PairOptions] => [`compressed with ${name}`, { compression }]),
];

describe.each(settings)("messages %s", (_name, options) => {
  test.each([0, 1, 2, 124, 125, 126, 127, 128, 8191, 65_534, 65_535, 65_536, 65_537, 1_000_000])(
    "arrive whole, in both directions: %i bytes",
    async (n) => {
      const [client, server] = await pair(options);
      const data = sequence(n);
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        const sent = Promise.all([
          from.writeMessage(2, data),
          from.writeMessage(1, "x".repeat(n)),
          from.writeMessage(2, data),
        ]);
        const [first, second, third] = [await to.readMessage(), await to.readMessage(), await to.readMessage()];
        await sent;
        sameBytes(first.data, data);
        expect(second.type).toBe(1);
        expect(second.text() === "x".repeat(n)).toBe(true);
        sameBytes(third.data, data);
      }
    },
  );

  test("in fragments are one message, whatever others write meanwhile", async () => {
    const [client, server] = await pair(options);
    const writer = await client.nextWriter(ws.TextMessage);
    const others = [client.writeMessage(2, bytes("whole")), client.writeJSON({ a: 1 })];
    const second = client.nextWriter(ws.BinaryMessage);
    const last = client.writeMessage(1, "last");
    expect(await writer.write("Hé")).toBe(3);
    expect(await writer.write(new Uint8Array(0))).toBe(0);
    await writer.write(bytes("llo, "));
    expect(await client.ping()).toBeGreaterThan(0); // goes between
    await writer.write("x".repeat(100_000));
    await writer.close();
    await Promise.all(others);
    const secondWriter = await second;
    await secondWriter.close();
    await last;
    expect((await server.readMessage()).text()).toBe(`Héllo, ${"x".repeat(100_000)}`);
    expect((await server.readMessage()).text()).toBe("whole");
    expect(await server.readJSON()).toEqual({ a: 1 });
    expect(await server.readMessage()).toEqual(new ws.Message(2, new Uint8Array(0)));
    expect((await server.readMessage()).text()).toBe("last");
    await expect(writer.write("more")).rejects.toThrow("websocket: write closed");
    await expect(writer.close()).rejects.toThrow("websocket: write closed");
    await expect(writer.write("more")).rejects.toThrow("websocket: write closed");
  });

  test("can be read in parts, before they are complete", async () => {
    const [client, server] = await pair(options);
    const writer = await client.nextWriter(ws.BinaryMessage);
    const started = server.nextReader();
    await writer.write(bytes("abc"));
    const { type, reader } = await started;
    expect(type).toBe(ws.BinaryMessage);
    const p = new Uint8Array(2);
    expect(await reader.read(p)).toBe(2);
    expect(text.decode(p)).toBe("ab");
    expect(await reader.read(p)).toBe(1);
    const waiting = reader.read(p);
    await writer.write(bytes("d"));
    expect(await waiting).toBe(1);
    const end = reader.read(p);
    await writer.close();
    expect(await end).toBeNull();
    expect(await reader.read(p)).toBeNull();
    await client.writeMessage(1, "next");
    expect((await server.readMessage()).text()).toBe("next");
  });

  test("that are not read to their end are dropped, and their reader is at its end", async () => {
    const [client, server] = await pair(options);
    const p = new Uint8Array(3);
    await client.writeMessage(1, "first message");
    const first = (await server.nextReader()).reader;
    expect(await first.read(p)).toBe(3);
    const writer = await client.nextWriter(1);
    await writer.write("second");
    const second = (await server.nextReader()).reader;
    expect(await first.read(p)).toBeNull();
    expect(await second.read(p)).toBe(3);
    const third = server.readMessage();
    await writer.write(" message");
    await writer.close();
    await client.writeMessage(1, "third");
    expect((await third).text()).toBe("third");
    expect(await second.read(p)).toBeNull();
  });

  test("are written in parts of many megabytes, and read as they arrive", async () => {
    const [client, server] = await pair({ ...options, maxMessageBytes: 0 });
    const part = sequence(700_001);
    const count = 12;
    const writing = (async () => {
      const writer = await server.nextWriter(2);
      for (let i = 0; i < count; i++) expect(await writer.write(part)).toBe(part.byteLength);
      await writer.close();
    })();
    const { reader } = await client.nextReader();
    const all = await readAll(reader, { maxBytes: part.byteLength * count });
    await writing;
    expect(all.byteLength).toBe(part.byteLength * count);
    for (let i = 0; i < count; i++) {
      sameBytes(all.subarray(i * part.byteLength, (i + 1) * part.byteLength), part);
    }
  });

  test("of a large number are echoed in order", async () => {
    const [client, server] = await pair(options);
    const echo = (async () => {
      for await (const { type, data } of server) await server.writeMessage(type, data);
    })();
    const sizes = Array.from({ length: 400 }, (_, i) => (i * i * 7) % 3001);
    const writing = (async () => {
      for (const n of sizes) await client.writeMessage(2, sequence(n));
    })();
    for (const n of sizes) sameBytes((await client.readMessage()).data, sequence(n));
    await writing;
    client.close();
    await echo;
  });
});

describe("a reader of parts", () => {
  test("rejects, as the next one does, when a close message comes before the last fragment", async () => {
    const [client, server] = await pair();
    const writer = await client.nextWriter(1);
    await writer.write("abc");
    client.close(4000, "that's it");
    const { reader } = await server.nextReader();
    const p = new Uint8Array(10);
    expect(await reader.read(p)).toBe(3);
    for (const read of [
      () => reader.read(p),
      () => reader.read(p),
      () => server.nextReader(),
      () => server.readMessage(),
    ]) {
      await expect(read()).rejects.toMatchObject({ closeCode: 4000, text: "that's it" });
    }
  });

  test("rejects when the connection ends before the last fragment", async () => {
    const [client, server] = await pair();
    const writer = await client.nextWriter(1);
    await writer.write("abc");
    const { reader } = await server.nextReader();
    const p = new Uint8Array(10);
    expect(await reader.read(p)).toBe(3);
    client.closeNow();
    await expect(reader.read(p)).rejects.toMatchObject({ closeCode: 1006, text: "unexpected EOF" });
  });

  test("that is aborted or late takes nothing", async () => {
    const [client, server] = await pair();
    const writer = await client.nextWriter(1);
    const late = server.nextReader({ signal: AbortSignal.timeout(5) });
    await expect(late).rejects.toMatchObject({ name: "TimeoutError" });
    await writer.write("abc");
    const { reader } = await server.nextReader();
    const p = new Uint8Array(10);
    expect(await reader.read(p)).toBe(3);
    server.setReadDeadline(Date.now() - 1);
    expect(isTimeout(await reasonOf(reader.read(p)))).toBe(true);
    server.setReadDeadline(null);
    const read = reader.read(p);
    await writer.write("defg");
    expect(await read).toBe(4);
  });

  test("of a closed conn rejects", async () => {
    const [client, server] = await pair();
    await client.writeMessage(1, "abc");
    const { reader } = await server.nextReader();
    server.close();
    expect(isClosed(await reasonOf(reader.read(new Uint8Array(1))))).toBe(true);
  });

  test("may be read while others wait: all are served in the order of their calls", async () => {
    const [client, server] = await pair();
    const start = server.nextReader();
    const message = server.readMessage();
    const start2 = server.nextReader();
    await client.writeMessage(1, "one");
    await client.writeMessage(1, "two");
    await client.writeMessage(1, "three");
    expect((await message).text()).toBe("two");
    const p = new Uint8Array(10);
    expect(await (await start).reader.read(p)).toBeNull(); // dropped by the one behind it
    expect(await (await start2).reader.read(p)).toBe(5);
  });
});

describe("a writer of parts", () => {
  test("is refused for control messages", async () => {
    const [client] = await pair();
    await expect(client.nextWriter(ws.PingMessage)).rejects.toThrow("websocket: bad write message type");
    await expect(client.nextWriter(7)).rejects.toThrow("websocket: bad write message type");
  });

  test("that waits for its turn can be aborted, and takes nothing", async () => {
    const [client, server] = await pair();
    const writer = await client.nextWriter(1);
    const abort = new AbortController();
    const aborted = client.nextWriter(1, { signal: abort.signal });
    const after = client.writeMessage(1, "after");
    abort.abort(new Error("never mind"));
    await expect(aborted).rejects.toThrow("never mind");
    await writer.write("first");
    await writer.close();
    await after;
    expect((await server.readMessage()).text()).toBe("first");
    expect((await server.readMessage()).text()).toBe("after");
  });

  test("whose part is cut by a deadline says how much of it is on its way, and goes on behind that", async () => {
    const [client, server] = await pair({ maxMessageBytes: 0 });
    const part = sequence(12_000_000);
    const writer = await client.nextWriter(2);
    const late = reasonOf(writer.write(part));
    await new Promise((resolve) => setTimeout(resolve, 50)); // nobody reads: the system takes some of it
    client.setWriteDeadline(Date.now() - 1);
    const error = await late;
    expect(isTimeout(error)).toBe(true);
    const { bytesWritten = 0 } = error as { bytesWritten?: number };
    expect(bytesWritten).toBeGreaterThan(0);
    expect(bytesWritten).toBeLessThan(part.byteLength);
    client.setWriteDeadline(null);
    const rest = writer.write(part.subarray(bytesWritten)).then(() => writer.close());
    sameBytes((await server.readMessage()).data, part);
    await rest;
  });

  test("settles, with all that waits behind it, when the conn is closed", async () => {
    const [client, server] = await pair();
    const writer = await client.nextWriter(1);
    await writer.write("first");
    const behind = reasonOf(client.writeMessage(1, "behind"));
    client.close();
    expect(isClosed(await behind)).toBe(true);
    for (const late of [writer.write("x"), writer.close()]) await expect(late).rejects.toThrow("websocket: close sent");
    await expect(server.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
    await Promise.all([client.closed, server.closed]);
  });

  test("does not hold up the answer to a close message", async () => {
    const [client, server] = await pair();
    const writer = await client.nextWriter(1);
    await writer.write("first");
    const behind = reasonOf(client.writeMessage(1, "behind"));
    server.close(1000);
    await expect(client.readMessage()).rejects.toMatchObject({ closeCode: 1000 });
    expect((await behind) as Error).toBeInstanceOf(Error);
    await Promise.all([client.closed, server.closed]);
  });
});

test.each([1, 2, 3, 4, 5, 6, 7])("joinMessages joins messages and terms, read %i bytes at a time", async (n) => {
  for (const term of ["", ",", "<br>"]) {
    const [client, server] = await pair();
    const joined = joinMessages(server, term);
    for (const word of ["hello", "", "world"]) await client.writeMessage(1, word);
    client.close();
    let got = "";
    const p = new Uint8Array(n);
    const error = await reasonOf(
      (async () => {
        for (;;) got += text.decode(p.subarray(0, (await joined.read(p)) ?? 0));
      })(),
    );
    expect(got).toBe(["hello", "", "world", ""].join(term));
    expect(error).toMatchObject({ closeCode: 1000 });
  }
});
