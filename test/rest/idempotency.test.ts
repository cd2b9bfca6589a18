import { describe, expect, test, vi } from "vitest";
import { type IdempotencyOptions, idempotency } from "../../src/rest/idempotency.js";
import { type IdempotencyStore, MemoryIdempotencyStore } from "../../src/rest/idempotency-store.js";
import type { Problem } from "../../src/rest/problem.js";
import type { Fetch } from "../../src/rest/types.js";

interface Sent {
  key?: string | null;
  body?: string;
  path?: string;
  method?: string;
  headers?: Record<string, string>;
}

function requestOf({ key = '"k1"', body = "{}", path = "/pay", method = "POST", headers = {} }: Sent = {}): Request {
  const own = key === null ? {} : { "Idempotency-Key": key };
  return new Request(`http://localhost${path}`, { method, body, headers: { ...headers, ...own } });
}

/** A service that counts, and what stands in front of it. */
function service(options: IdempotencyOptions = {}, serve?: Fetch) {
  let count = 0;
  const middleware = idempotency(options);
  const next: Fetch = async (request) => {
    count++;
    return serve === undefined
      ? new Response(`${count}:${await request.text()}`, { status: 201, headers: { Location: `/pay/${count}` } })
      : serve(request);
  };
  const send = async (sent?: Sent) => middleware(requestOf(sent), next);
  const status = (sent?: Sent) =>
    send(sent).then(
      (response) => response.status,
      (err: Problem) => err.status,
    );
  return { send, status, count: () => count };
}

describe("idempotency", () => {
  test("does what has the same key once, and gives the same reply again", async () => {
    const { send, count } = service();
    const first = await send({ body: "five" });
    expect(first.headers.get("Idempotency-Replayed")).toBeNull();
    expect(await first.text()).toBe("1:five");
    const second = await send({ body: "five" });
    expect(second.status).toBe(201);
    expect(second.headers.get("Location")).toBe("/pay/1");
    expect(second.headers.get("Idempotency-Replayed")).toBe("true");
    expect(await second.text()).toBe("1:five");
    expect(count()).toBe(1);
  });

  test("lets pass what has no key, and other methods", async () => {
    const { send, count } = service();
    await send({ key: null });
    await send({ key: null });
    await send({ method: "PUT" });
    await send({ method: "PUT" });
    expect(count()).toBe(4);
  });

  test("400 for a key that is missing where it is required, or malformed", async () => {
    const { status, count } = service({ required: true });
    const malformed = ["", '""', '"', '"a', 'a"b', "a,b", '"é"', `"${"x".repeat(256)}"`];
    expect(await Promise.all([null, ...malformed].map((key) => status({ key })))).toEqual(Array(9).fill(400));
    expect(count()).toBe(0);
  });

  test("takes a key without quotes for the same as with them", async () => {
    const { send, count } = service();
    await send({ key: "8e03978e-40d5" });
    await send({ key: '"8e03978e-40d5"' });
    expect(count()).toBe(1);
  });

  test("422 for a key with another body, type, method or URL", async () => {
    const { status, count } = service();
    await status({ body: "a" });
    expect(await status({ body: "b" })).toBe(422);
    expect(await status({ body: "a", path: "/other" })).toBe(422);
    expect(await status({ body: "a", path: "/pay?x=1" })).toBe(422);
    expect(await status({ body: "a", method: "PATCH" })).toBe(422);
    expect(await status({ body: "a", headers: { "Content-Type": "text/html" } })).toBe(422);
    expect(count()).toBe(1);
  });

  test("of many at once one is done, and the others are a 409", async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const { status, count } = service({}, async () => {
      await gate;
      return new Response("done");
    });
    const answers: number[] = [];
    const all = Array.from({ length: 20 }, async () => answers.push(await status()));
    await vi.waitFor(() => expect(answers).toHaveLength(19));
    expect(answers).toEqual(Array(19).fill(409));
    open();
    await Promise.all(all);
    expect(answers.at(-1)).toBe(200);
    expect(await status()).toBe(200);
    expect(count()).toBe(1);
  });

  test("keys of different users are different keys", async () => {
    const { send, count } = service();
    for (const user of ["Bearer a", "Bearer b", "Bearer a"]) await send({ headers: { Authorization: user } });
    expect(count()).toBe(2);
  });

  test("a failure can be tried again, a refusal is kept", async () => {
    const statuses = [503, 500, 429, 404];
    const { status, count } = service({}, async () => new Response(null, { status: statuses.shift() ?? 200 }));
    for (const expected of [503, 500, 429, 404, 404]) expect(await status()).toBe(expected);
    expect(count()).toBe(4);
  });

  test("what throws can be tried again", async () => {
    const { send, count } = service({}, async () => {
      throw new Error("no database");
    });
    await expect(send()).rejects.toThrow("no database");
    await expect(send()).rejects.toThrow("no database");
    expect(count()).toBe(2);
  });

  test("a reply whose body fails is not kept, and what it tells of is not done again", async () => {
    const broken = () => new ReadableStream({ pull: (controller) => controller.error(new Error("cut")) });
    const { send, count } = service({}, async () => new Response(broken()));
    await expect(send()).rejects.toThrow("cut");
    await expect(send()).rejects.toThrow(expect.objectContaining({ status: 409 }));
    expect(count()).toBe(1);
  });

  test("gives replies without a body again", async () => {
    const { send } = service({}, async () => new Response(null, { status: 204, headers: { "X-A": "1" } }));
    await send();
    const again = await send();
    expect([again.status, again.body, again.headers.get("X-A")]).toEqual([204, null, "1"]);
  });

  test("sends a reply that is too large to keep, and does not do it again", async () => {
    const { send, status, count } = service({ maxReplyBytes: 10 }, async () => new Response("x".repeat(100)));
    expect(await (await send()).text()).toHaveLength(100);
    expect(await status()).toBe(409);
    expect(count()).toBe(1);
  });

  test("413 for a body that is too large to compare, even if it never ends", async () => {
    let cancelled = false;
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel: () => {
        cancelled = true;
      },
    });
    const init: RequestInit & { duplex: "half" } = {
      method: "POST",
      body,
      duplex: "half",
      headers: { "Idempotency-Key": "k" },
    };
    const answer = idempotency({ maxBodyBytes: 5000 })(
      new Request("http://localhost/", init),
      async () => new Response(),
    );
    await expect(answer).rejects.toMatchObject({ status: 413 });
    expect(cancelled).toBe(true);
  });

  test("the handler hears of an abort of the request that it is given", async () => {
    const aborter = new AbortController();
    const request = new Request(requestOf(), { signal: aborter.signal });
    const aborted = await idempotency()(request, async (seen) => {
      aborter.abort();
      return new Response(String(seen.signal.aborted));
    });
    expect(await aborted.text()).toBe("true");
  });

  test("refuses times that are none", () => {
    expect(() => idempotency({ keepSeconds: 0 })).toThrow(RangeError);
    expect(() => idempotency({ lockSeconds: Number.NaN })).toThrow(RangeError);
  });
});

describe("a store that fails", () => {
  const failing = (part: keyof IdempotencyStore): IdempotencyStore => {
    const store = new MemoryIdempotencyStore();
    const fail = async () => {
      throw new Error(`${part} failed`);
    };
    return {
      begin: store.begin.bind(store),
      finish: store.finish.bind(store),
      release: store.release.bind(store),
      [part]: fail,
    };
  };

  test("to begin: nothing is done", async () => {
    const onError = vi.fn();
    const { status, count } = service({ store: failing("begin"), onError });
    expect(await status()).toBe(503);
    expect(count()).toBe(0);
    expect(onError).toHaveBeenCalledOnce();
  });
  test("to finish: the reply goes out, and it is not done again while the lock holds", async () => {
    const onError = vi.fn();
    const { status, count } = service({ store: failing("finish"), onError });
    expect(await status()).toBe(201);
    expect(await status()).toBe(409);
    expect(count()).toBe(1);
    expect(onError).toHaveBeenCalledOnce();
  });
  test("to release: the answer goes out", async () => {
    const onError = vi.fn();
    const { status } = service({ store: failing("release"), onError }, async () => new Response(null, { status: 500 }));
    expect(await status()).toBe(500);
    expect(onError).toHaveBeenCalledOnce();
  });
});

describe("MemoryIdempotencyStore", () => {
  const reply = (length: number) => ({ status: 200, headers: [], body: new Uint8Array(length) });
  const tokenOf = (store: MemoryIdempotencyStore, key: string, lockMs = 1000) => {
    const known = store.begin(key, "f", lockMs);
    return known.state === "new" ? known.token : "";
  };

  test("forgets the oldest replies when it is full, never a request that is under way", () => {
    const store = new MemoryIdempotencyStore({ maxKeys: 3 });
    tokenOf(store, "running");
    for (const key of ["a", "b", "c"]) store.finish(key, tokenOf(store, key), reply(1), 1000);
    expect(store.size).toBe(3);
    expect(store.begin("running", "f", 1000).state).toBe("running");
    expect(store.begin("c", "f", 1000).state).toBe("done");
  });
  test("takes nothing more when only requests that are under way are left", () => {
    const store = new MemoryIdempotencyStore({ maxKeys: 1 });
    tokenOf(store, "a");
    expect(() => store.begin("b", "f", 1000)).toThrow("under way");
  });
  test("remembers that something was done although there is no room for its reply", () => {
    const store = new MemoryIdempotencyStore({ maxBytes: 2000 });
    store.finish("a", tokenOf(store, "a"), reply(5000), 1000);
    expect(store.begin("a", "f", 1000)).toMatchObject({ state: "done", reply: { body: null } });
  });
  test("who lost the lock cannot finish or release", () => {
    vi.useFakeTimers();
    try {
      const store = new MemoryIdempotencyStore();
      const slow = tokenOf(store, "a", 1000);
      vi.advanceTimersByTime(1001);
      const fast = tokenOf(store, "a", 1000);
      store.finish("a", slow, reply(1), 1000);
      store.release("a", slow);
      expect(store.begin("a", "f", 1000).state).toBe("running");
      store.finish("a", fast, reply(2), 1000);
      expect(store.begin("a", "f", 1000).state).toBe("done");
      vi.advanceTimersByTime(1001);
      expect(store.begin("a", "f", 1000).state).toBe("new");
    } finally {
      vi.useRealTimers();
    }
  });
});
