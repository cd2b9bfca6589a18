import { tracingChannel } from "node:diagnostics_channel";
import { afterEach, describe, expect, test } from "vitest";
import { Diagnostics } from "../../src/rpc/observe/diagnostics.js";
import { wholeStreams } from "../../src/rpc/observe/whole-streams.js";
import { callOf, watch } from "./observe-wire.js";

/** What is settled has been heard of. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

async function* upTo(n: number, fail?: Error): AsyncGenerator<number> {
  for (let i = 1; i <= n; i++) {
    await Promise.resolve();
    yield i;
  }
  if (fail !== undefined) throw fail;
}

/** Watches a stream, and tells what its observer sees of it. */
function watched(open: () => Promise<unknown>, side: "client" | "server" = "client") {
  const events: string[] = [];
  const observe = wholeStreams(async (call, next) => {
    events.push("begin");
    try {
      return await next(call);
    } catch (err) {
      events.push((err as Error).message);
      throw err;
    } finally {
      events.push("end");
    }
  });
  const replies = watch(observe, callOf({ kind: "stream", side }), async () => {
    events.push("open");
    return open();
  }) as Promise<AsyncIterable<number>>;
  return { events, replies };
}

describe("a client's stream", () => {
  test("is watched until its last reply is read", async () => {
    const { events, replies } = watched(() => Promise.resolve(upTo(3)));
    const got: number[] = [];
    for await (const n of await replies) {
      got.push(n);
      expect(events).toEqual(["begin", "open"]);
    }
    expect(got).toEqual([1, 2, 3]);
    await turn();
    expect(events).toEqual(["begin", "open", "end"]);
  });

  test("is over for who watches when its reader breaks off, which the stream is told too", async () => {
    let isBrokenOff = false;
    const source = async function* () {
      try {
        yield* upTo(100);
      } finally {
        isBrokenOff = true;
      }
    };
    const { events, replies } = watched(() => Promise.resolve(source()));
    for await (const n of await replies) if (n === 2) break;
    await turn();
    expect(events).toEqual(["begin", "open", "end"]);
    expect(isBrokenOff).toBe(true);
  });

  test("fails for who watches with what its reader gets", async () => {
    const { events, replies } = watched(() => Promise.resolve(upTo(1, new Error("cut"))));
    const read = async () => {
      for await (const _ of await replies);
    };
    await expect(read()).rejects.toThrow("cut");
    await turn();
    expect(events).toEqual(["begin", "open", "cut", "end"]);
  });

  test("that cannot be opened rejects at once", async () => {
    const { events, replies } = watched(() => Promise.reject(new Error("refused")));
    await expect(replies).rejects.toThrow("refused");
    expect(events).toEqual(["begin", "open", "refused", "end"]);
  });
});

test("a server's stream is over when its method is", async () => {
  const { events, replies } = watched(() => Promise.resolve(undefined), "server");
  await expect(replies).resolves.toBeUndefined();
  expect(events).toEqual(["begin", "open", "end"]);
});

describe("diagnostics of a stream", () => {
  const seen: string[] = [];
  const note = (event: string) => () => seen.push(event);
  const subscriber = {
    start: note("start"),
    end: note("end"),
    asyncStart: note("asyncStart"),
    asyncEnd: note("asyncEnd"),
    error: note("error"),
  };
  const channel = tracingChannel("toolkit:rpc:client");
  afterEach(() => channel.unsubscribe(subscriber));

  test("end when it does", async () => {
    channel.subscribe(subscriber);
    const replies = await watch(new Diagnostics("client").observe, callOf({ kind: "stream" }), () =>
      Promise.resolve(upTo(2)),
    );
    for await (const _ of replies as AsyncIterable<number>) expect(seen).toEqual(["start", "end"]);
    await turn();
    expect(seen).toEqual(["start", "end", "asyncStart", "asyncEnd"]);
  });
});
