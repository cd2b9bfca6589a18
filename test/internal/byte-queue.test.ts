import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ByteQueue, copyBytes } from "../../src/internal/byte-queue.js";
import { sequence } from "../support/bytes.js";

/** What a queue does, said with a plain array. */
class Model {
  bytes: number[] = [];
  next = 0;

  /** Bytes of which each differs from its neighbours. */
  fresh(n: number): Uint8Array {
    return Uint8Array.from({ length: n }, () => this.next++ % 251);
  }
}

type Command = fc.Command<Model, ByteQueue>;

function command(name: string, n: number, run: (model: Model, queue: ByteQueue) => void): Command {
  return {
    check: () => true,
    run(model, queue) {
      run(model, queue);
      expect(queue.length).toBe(model.bytes.length);
    },
    toString: () => `${name}(${n})`,
  };
}

const sizes = fc.oneof(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 0, max: 9000 }));

const commands = [
  sizes.map((n) =>
    command("push", n, (model, queue) => {
      const bytes = model.fresh(n);
      queue.push(bytes);
      model.bytes.push(...bytes);
      bytes.fill(255); // the queue holds a copy
    }),
  ),
  fc.tuple(sizes, fc.integer({ min: 0, max: 100 })).map(([n, from]) =>
    command("push from", n, (model, queue) => {
      const bytes = model.fresh(n + from);
      queue.push(bytes, from);
      model.bytes.push(...bytes.subarray(from));
    }),
  ),
  sizes.map((n) =>
    command("read", n, (model, queue) => {
      const p = new Uint8Array(n);
      const got = queue.read(p);
      expect([...p.subarray(0, got)]).toEqual(model.bytes.splice(0, n));
      expect(p.subarray(got).every((byte) => byte === 0)).toBe(true);
    }),
  ),
  sizes.map((n) => command("peek", n, (model, queue) => expect([...queue.peek(n)]).toEqual(model.bytes.slice(0, n)))),
  sizes.map((n) =>
    command("skip", n, (model, queue) => {
      queue.skip(n);
      model.bytes.splice(0, n);
    }),
  ),
  fc.constant(
    command("clear", 0, (model, queue) => {
      queue.clear();
      model.bytes = [];
    }),
  ),
];

describe("ByteQueue", () => {
  test("gives out what was put in, in order, whatever is done to it", () => {
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 60 }), (list) => {
        fc.modelRun(() => ({ model: new Model(), real: new ByteQueue() }), list);
      }),
    );
  });

  test("is empty at first", () => {
    const queue = new ByteQueue();
    expect(queue.length).toBe(0);
    expect(queue.read(new Uint8Array(1))).toBe(0);
    expect(queue.peek(1)).toEqual(new Uint8Array(0));
  });

  test("lets its memory go when it runs empty", () => {
    const queue = new ByteQueue();
    queue.push(sequence(100));
    const before = queue.peek(1).buffer;
    queue.skip(100);
    queue.push(sequence(100));
    expect(queue.peek(1).buffer).not.toBe(before);
  });

  test("keeps to one block while what waits fits into half of it", () => {
    const queue = new ByteQueue();
    queue.push(sequence(1000));
    const block = queue.peek(1).buffer;
    for (let i = 0; i < 100; i++) {
      queue.push(sequence(1000));
      queue.skip(1000);
    }
    expect(queue.peek(1).buffer).toBe(block);
  });
});

describe("copyBytes", () => {
  test("copies the bytes that are asked for, and no others", () => {
    const spot = fc.integer({ min: 0, max: 200 });
    fc.assert(
      fc.property(spot, spot, spot, (fromAt, toAt, n) => {
        const from = sequence(fromAt + n + 3);
        const to = new Uint8Array(toAt + n + 3);
        copyBytes(from, fromAt, to, toAt, n);
        const want = [...new Uint8Array(toAt), ...from.subarray(fromAt, fromAt + n), 0, 0, 0];
        expect([...to]).toEqual(want);
      }),
    );
  });
});
