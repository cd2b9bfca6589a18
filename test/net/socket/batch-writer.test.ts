import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ClosedError, TimeoutError } from "../../../src/net/errors.js";
import { BatchWriter } from "../../../src/net/socket/batch-writer.js";
import { bytes, reasonOf, sameBytes, sequence } from "../../support/bytes.js";
import { FakeSocket } from "./fake-socket.js";

/** What is handed to the system at a time. */
const hand = 262_144;

/** Dresses a cause as an owner would. */
class Dressed extends Error {
  readonly bytesWritten: number;
  constructor(cause: Error, bytesWritten: number) {
    super(cause.message, { cause });
    this.bytesWritten = bytesWritten;
  }
}

function setUp(takes = true): { socket: FakeSocket; writer: BatchWriter } {
  const socket = new FakeSocket();
  socket.takes = takes;
  return { socket, writer: new BatchWriter(socket.socket, (cause, n) => new Dressed(cause, n)) };
}

/** Returns the cause of what a write rejects with, and how much of it went out. */
async function failureOf(write: Promise<unknown>): Promise<[cause: unknown, bytesWritten: number]> {
  const err = await reasonOf(write);
  expect(err).toBeInstanceOf(Dressed);
  return [(err as Dressed).cause, (err as Dressed).bytesWritten];
}

function texts(socket: FakeSocket): string[] {
  return socket.calls.map((call) => new TextDecoder().decode(call));
}

describe("BatchWriter", () => {
  test("sends all that is written, whole and in order, whenever the system takes it", async () => {
    const size = fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 300 }) },
      { weight: 2, arbitrary: fc.integer({ min: 15_000, max: 70_000 }) },
      fc.constant(300_000),
    );
    const step = fc.oneof({ weight: 5, arbitrary: size }, fc.constantFrom("turn", "hold", "take"));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, signals) => {
        const { socket, writer } = setUp();
        const { signal } = new AbortController();
        const sent: Uint8Array[] = [];
        const settled: number[] = [];
        const writes: Promise<number>[] = [];
        for (const each of steps) {
          if (each === "turn") await turn();
          else if (each === "hold") socket.takes = false;
          else if (each === "take") {
            socket.takes = true;
            socket.take();
          } else {
            const p = sequence(each + sent.length).subarray(sent.length);
            const write = writer.write(p, signals && sent.length % 3 === 0 ? signal : undefined);
            const index = sent.push(p) - 1;
            writes.push(write);
            if (p.byteLength > 0) void write.then(() => settled.push(index));
          }
        }
        const ended = writer.end();
        socket.takes = true;
        socket.take();
        await ended;
        expect(await Promise.all(writes)).toEqual(sent.map((p) => p.byteLength));
        sameBytes(socket.taken, Buffer.concat(sent));
        expect(settled).toEqual(settled.toSorted((a, b) => a - b));
        expect(writer.unsent).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test("what one tick writes, microtasks included, leaves in one call", async () => {
    const { socket, writer } = setUp();
    const writes = [writer.write(bytes("a")), writer.write(bytes("b"))];
    await Promise.resolve();
    writes.push(writer.write(bytes("c")));
    void Promise.resolve().then(() => writes.push(writer.write(bytes("d"))));
    await turn();
    await Promise.all(writes);
    await writer.write(bytes("e"));
    expect(texts(socket)).toEqual(["abcd", "e"]);
  });

  test("a write resolves when the system has taken it, and not before", async () => {
    const { socket, writer } = setUp(false);
    const done = vi.fn<(n: number) => void>();
    const write = writer.write(bytes("abc")).then(done);
    await turn();
    expect(done).not.toHaveBeenCalled();
    socket.take();
    await write;
    expect(done).toHaveBeenCalledWith(3);
  });

  test("nor is it taken for another that the system took at once just before", async () => {
    const { socket, writer } = setUp();
    const done = vi.fn<(n: number) => void>();
    const first = writer.write(sequence(20_000)); // its callback is still to come
    socket.takes = false;
    const second = writer.write(sequence(30_000)).then(done);
    await first;
    await turn();
    expect(done).not.toHaveBeenCalled();
    socket.take();
    await second;
    expect(done).toHaveBeenCalledWith(30_000);
  });

  test("small writes are copied, a large one goes as it is, behind what was gathered", async () => {
    const { socket, writer } = setUp();
    const small = bytes("small");
    const write = writer.write(small);
    small.fill(0);
    const large = sequence(100_000);
    await Promise.all([write, writer.write(large)]);
    expect(socket.calls).toHaveLength(1);
    sameBytes(socket.taken, Buffer.concat([bytes("small"), large]));
  });

  test("while the system holds, what is written meanwhile gathers and leaves together", async () => {
    const { socket, writer } = setUp(false);
    const writes = [writer.write(bytes("first "))];
    await turn();
    for (const text of ["second ", "third"]) {
      writes.push(writer.write(bytes(text)));
      await turn();
    }
    socket.take();
    await turn();
    socket.take();
    await Promise.all(writes);
    expect(texts(socket)).toEqual(["first ", "second third"]);
  });

  test("memory does not grow with what waits: beyond 64 KiB small writes wait where they are", async () => {
    const { socket, writer } = setUp();
    for (let i = 0; i < 10; i++) await writer.write(sequence(16_000)); // what is gone does not count
    socket.calls.length = 0;
    socket.takes = false;
    const writes = [writer.write(bytes("head"))];
    await turn();
    const p = sequence(16_000);
    for (let i = 0; i < 10; i++) writes.push(writer.write(p));
    p[0] = 0xee; // breaks the rule to leave p alone, to see which ones hold it itself
    socket.takes = true;
    socket.take();
    await Promise.all(writes);
    const heads = Array.from({ length: 10 }, (_, i) => socket.taken[4 + i * 16_000]);
    expect(heads.filter((head) => head !== 0xee)).toHaveLength(4);
  });

  test("unsent counts what was not taken yet", async () => {
    const { socket, writer } = setUp(false);
    const writes = [writer.write(bytes("abc")), writer.write(sequence(20_000))];
    expect(writer.unsent).toBe(20_003);
    socket.take();
    await Promise.all(writes);
    expect(writer.unsent).toBe(0);
  });

  test("an empty write resolves, and sends nothing", async () => {
    const { socket, writer } = setUp();
    expect(await writer.write(new Uint8Array(0))).toBe(0);
    await turn();
    expect(socket.calls).toEqual([]);
  });
});

describe("what is added without a promise", () => {
  test("leaves in its order among the writes", async () => {
    const { socket, writer } = setUp();
    const writes = [writer.write(bytes("a"))];
    const block = writer.reserve(2);
    block.set(bytes("bc"), writer.reservedAt);
    writes.push(writer.write(bytes("d")));
    writer.refer(bytes("e"));
    writer.reserve(1).set(bytes("f"), writer.reservedAt);
    writer.flush();
    await Promise.all(writes);
    expect(texts(socket).join("")).toBe("abcdef");
    expect(writer.unsent).toBe(0);
  });

  test("onTaken is called when the system took it", async () => {
    const socket = new FakeSocket();
    socket.takes = false;
    const unsent: number[] = [];
    const writer = new BatchWriter(
      socket.socket,
      (cause) => cause,
      () => unsent.push(writer.unsent),
    );
    writer.reserve(5).fill(1, writer.reservedAt, writer.reservedAt + 5);
    await turn();
    socket.take();
    await turn();
    expect(unsent.at(-1)).toBe(0);
  });
});

describe("end", () => {
  test("comes after all that was written, and resolves for each who asked", async () => {
    const { socket, writer } = setUp(false);
    const write = writer.write(sequence(hand + 1));
    const ends = [writer.end(), writer.end()];
    expect(socket.ended).toBe(false);
    socket.takes = true;
    socket.take();
    await Promise.all([write, ...ends, writer.end()]);
    expect(socket.ended).toBe(true);
    expect(socket.taken).toHaveLength(hand + 1);
  });

  test("then writes are refused as a broken pipe", async () => {
    const { writer } = setUp();
    await writer.end();
    const [cause, n] = await failureOf(writer.write(bytes("late")));
    expect([cause, n]).toMatchObject([{ code: "EPIPE", message: "write: broken pipe" }, 0]);
  });
});

describe("close", () => {
  test("hands over what was gathered, and rejects what the system does not take at once", async () => {
    const { socket, writer } = setUp();
    const taken = writer.write(bytes("taken"));
    writer.close();
    expect(await taken).toBe(5);
    expect(texts(socket)).toEqual(["taken"]);

    const held = setUp(false);
    const failures = [bytes("abc"), sequence(hand + 7)].map((p) => failureOf(held.writer.write(p)));
    held.writer.close();
    const [small, large] = await Promise.all(failures);
    expect(small?.[0]).toBeInstanceOf(ClosedError);
    expect([small?.[1], large?.[1]]).toEqual([3, 0]); // what is handed over is certain to go out
  });

  test("then writes and ends are refused", async () => {
    const { writer } = setUp();
    writer.close();
    for (const late of [writer.write(bytes("late")), writer.end()]) {
      expect((await failureOf(late))[0]).toBeInstanceOf(ClosedError);
    }
  });

  test("after a failure, or an end, the words are those of a closed conn", async () => {
    for (const before of [(w: BatchWriter) => w.fail(new Error("reset")), (w: BatchWriter) => void w.end()]) {
      const { writer } = setUp();
      before(writer);
      await turn();
      writer.close();
      expect((await failureOf(writer.write(bytes("late"))))[0]).toBeInstanceOf(ClosedError);
    }
  });
});

test("a failure rejects all that is under way, each with its own error, and all to come", async () => {
  const { writer } = setUp(false);
  const reset = new Error("reset");
  const writes = [writer.write(bytes("abc")), writer.write(bytes("de")), writer.write(sequence(300_000))];
  const failures = [...writes, writer.end()].map(failureOf);
  writer.fail(reset);
  writer.fail(new Error("later news"));
  const outcomes = await Promise.all(failures);
  expect(outcomes.map(([cause]) => cause)).toEqual(outcomes.map(() => reset));
  expect(new Set(await Promise.all(writes.map(reasonOf))).size).toBe(3);
});

describe("a deadline", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("takes back what was not handed over, and what was goes on", async () => {
    const { socket, writer } = setUp(false);
    writer.deadline.set(Date.now() + 100);
    const failures = [sequence(hand + 50_000), bytes("withdrawn")].map((p) => failureOf(writer.write(p)));
    await turn();
    vi.advanceTimersByTime(100);
    const [large, small] = await Promise.all(failures);
    expect(large).toEqual([expect.any(TimeoutError), hand]);
    expect(small).toEqual([expect.any(TimeoutError), 0]);
    expect((await failureOf(writer.write(bytes("refused"))))[0]).toBeInstanceOf(TimeoutError);

    writer.deadline.set(null);
    const after = writer.write(bytes("after"));
    socket.takes = true;
    socket.take();
    expect(await after).toBe(5);
    sameBytes(socket.taken, Buffer.concat([sequence(hand), bytes("after")]));
    expect(writer.unsent).toBe(0);
  });

  test("in the past takes back what this tick has written", async () => {
    const { socket, writer } = setUp();
    const failure = failureOf(writer.write(bytes("abc")));
    writer.deadline.set(0);
    expect(await failure).toEqual([expect.any(TimeoutError), 0]);
    writer.deadline.set(null);
    await writer.write(bytes("def"));
    expect(texts(socket)).toEqual(["def"]);
  });

  test("leaves no timer once all is taken, or the writer is closed", async () => {
    const { socket, writer } = setUp(false);
    writer.deadline.set(Date.now() + 60_000);
    const write = writer.write(bytes("abc"));
    await turn();
    socket.take();
    await write;
    const lost = failureOf(writer.write(bytes("def")));
    await turn();
    writer.close();
    await lost;
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("a deadline keeps the process alive only while a write waits for the system", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const { socket, writer } = setUp(false);
  const before = timers();
  writer.deadline.set(Date.now() + 60_000);
  const write = writer.write(bytes("abc"));
  await turn();
  expect(timers()).toBe(before + 1);
  socket.take();
  await write;
  expect(timers()).toBe(before);
  writer.close();
});

describe("an abort", () => {
  test("takes back a write that waits, and no other", async () => {
    const { socket, writer } = setUp(false);
    const abort = new AbortController();
    const reason = new Error("enough");
    const first = writer.write(bytes("first "));
    await turn();
    const aborted = writer.write(bytes("never "), abort.signal);
    const last = writer.write(bytes("last"));
    abort.abort(reason);
    expect(await reasonOf(aborted)).toBe(reason);
    socket.takes = true;
    socket.take();
    await Promise.all([first, last]);
    expect(texts(socket).join("")).toBe("first last");
  });

  test("of a write that is handed over in part sends that part and no more", async () => {
    const { socket, writer } = setUp(false);
    const abort = new AbortController();
    const aborted = reasonOf(writer.write(sequence(3 * hand), abort.signal));
    abort.abort();
    await aborted;
    const after = writer.write(bytes("after"));
    socket.takes = true;
    socket.take();
    await after;
    sameBytes(socket.taken, Buffer.concat([sequence(hand), bytes("after")]));
  });

  test("before it begins refuses the write", async () => {
    const { socket, writer } = setUp();
    const reason = new Error("enough");
    expect(await reasonOf(writer.write(bytes("a"), AbortSignal.abort(reason)))).toBe(reason);
    await turn();
    expect(socket.calls).toEqual([]);
  });

  test("that never comes leaves no listener behind", async () => {
    const { writer } = setUp();
    const { signal } = new AbortController();
    await writer.write(bytes("a"), signal);
    await turn();
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
