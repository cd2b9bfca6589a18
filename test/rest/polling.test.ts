import { describe, expect, test, vi } from "vitest";
import { client } from "../../src/rest/client/client.js";
import { Feed } from "../../src/rest/events-feed.js";
import { handler } from "../../src/rest/handler.js";
import { longPoll, longPollFeed, poll, pollFeed } from "../../src/rest/polling.js";
import { json } from "../../src/rest/represent/json.js";
import { text } from "../../src/rest/represent/text.js";
import { resource } from "../../src/rest/resource.js";

/** A state that changes when it is told to. */
function cell(value: number) {
  let current = value;
  const waiting = new Set<() => void>();
  return {
    waiting,
    set(next: number) {
      current = next;
      for (const wake of waiting) wake();
      waiting.clear();
    },
    read: () => ({ value: { n: current }, etag: String(current) }),
    changed: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        waiting.add(resolve);
        signal.addEventListener("abort", () => waiting.delete(resolve));
      }),
  };
}

describe("longPoll", () => {
  const serving = (state: ReturnType<typeof cell>, options = {}) => {
    const fetch = handler(resource("/", { GET: (request) => longPoll(request, state, options) }));
    return (headers: Record<string, string> = {}, init: RequestInit = {}) =>
      fetch(new Request("http://localhost/", { headers, ...init }));
  };

  test("answers at once who knows nothing, or something else", async () => {
    const get = serving(cell(1));
    const first = await get();
    expect([await first.json(), first.headers.get("ETag")]).toEqual([{ n: 1 }, '"1"']);
    expect((await get({ "If-None-Match": '"0", W/"7"' })).status).toBe(200);
  });
  test("lets who knows the state wait until there is another", async () => {
    const state = cell(1);
    const answer = serving(state)({ "If-None-Match": 'W/"1"' });
    await vi.waitFor(() => expect(state.waiting.size).toBe(1));
    state.set(1); // woken for nothing
    await vi.waitFor(() => expect(state.waiting.size).toBe(1));
    state.set(2);
    expect(await (await answer).json()).toEqual({ n: 2 });
    expect(state.waiting.size).toBe(0);
  });
  test("lets who knows one of several representations wait, too", async () => {
    const state = cell(1);
    const watched = resource("/", { GET: (request) => longPoll(request, state) });
    const fetch = handler({ resources: [watched], represent: [json, text] });
    const get = (fields: Record<string, string>) => fetch(new Request("http://localhost/", { headers: fields }));
    const first = await get({ Accept: "text/plain" });
    const answer = get({ Accept: "text/plain", "If-None-Match": first.headers.get("ETag") ?? "" });
    await vi.waitFor(() => expect(state.waiting.size).toBe(1));
    state.set(2);
    expect(await (await answer).text()).toContain('"n": 2');
    expect((await get({ "If-None-Match": '"2.1", "20", "2' })).status).toBe(200); // none of these is a tag of 2
  });
  test("is a 304 when there is nothing new in time", async () => {
    vi.useFakeTimers();
    try {
      const state = cell(1);
      const get = serving(state, { waitMs: 100, maxWaitMs: 3000 });
      const known = { "If-None-Match": '"1"' };
      const answer = get(known);
      await vi.advanceTimersByTimeAsync(100);
      expect((await answer).status).toBe(304);
      const asked = get({ ...known, Prefer: "respond-async, wait=2" });
      await vi.advanceTimersByTimeAsync(1999);
      expect(state.waiting.size).toBe(1);
      await vi.advanceTimersByTimeAsync(1);
      expect((await asked).headers.get("Preference-Applied")).toBe("wait=2");
      const greedy = get({ ...known, Prefer: "wait=999999999" });
      await vi.advanceTimersByTimeAsync(3000);
      expect((await greedy).headers.get("Preference-Applied")).toBe("wait=3");
      expect([state.waiting.size, vi.getTimerCount()]).toEqual([0, 0]);
    } finally {
      vi.useRealTimers();
    }
  });
  test("does not miss a change while it reads", async () => {
    const state = cell(1);
    const { read } = state;
    state.read = () => {
      const now = read();
      if (now.value.n === 1) state.set(2);
      return now;
    };
    expect(await (await serving(state)({ "If-None-Match": '"1"' })).json()).toEqual({ n: 2 });
  });
  test("ends when the client goes away", async () => {
    const state = cell(1);
    const aborter = new AbortController();
    const answer = serving(state)({ "If-None-Match": '"1"' }, { signal: aborter.signal });
    await vi.waitFor(() => expect(state.waiting.size).toBe(1));
    aborter.abort();
    await answer;
    expect(state.waiting.size).toBe(0);
  });
  test("an error of what it watches is an error", async () => {
    const failing = { ...cell(1), changed: () => Promise.reject(new Error("no database")) };
    expect((await serving(failing)({ "If-None-Match": '"1"' })).status).toBe(500);
    expect((await serving(failing)()).status).toBe(200);
  });
});

describe("poll", () => {
  const all = async (n: number, watched: AsyncIterable<{ value: { n: number } }>) => {
    const seen: number[] = [];
    for await (const { value } of watched) if (seen.push(value.n) === n) break;
    return seen;
  };
  test("gives each state once, by short polling", async () => {
    let n = 0;
    const api = client("http://localhost/", {
      fetch: handler(resource("/n", { GET: () => ({ n: Math.floor(n++ / 3) }) })),
    });
    expect(await all(4, poll(api, "/n", { intervalMs: 1 }))).toEqual([0, 1, 2, 3]);
    expect(n).toBe(10);
  });
  test("by long polling asks as often as there is something new", async () => {
    const state = cell(1);
    let requests = 0;
    const served = handler(resource("/n", { GET: (request) => longPoll(request, state) }));
    const api = client("http://localhost/", {
      fetch: (request) => {
        if (++requests > 1) setTimeout(() => state.set(requests), 1);
        return served(request);
      },
    });
    expect(await all(4, poll(api, "/n", { waitSeconds: 5, intervalMs: 100_000 }))).toEqual([1, 2, 3, 4]);
    expect(requests).toBe(4);
  });
  test("does not ask without a pause a server that does not wait", async () => {
    vi.useFakeTimers();
    try {
      let requests = 0;
      const fetch = async () => {
        requests++;
        return new Response(requests === 1 ? "1" : null, {
          status: requests === 1 ? 200 : 304,
          headers: { ETag: '"1"' },
        });
      };
      const watched = poll(client("http://localhost/", { fetch }), "/n", { waitSeconds: 60 });
      await watched.next();
      const aborter = watched.next();
      await vi.advanceTimersByTimeAsync(10_000);
      expect(requests).toBeLessThanOrEqual(12);
      void aborter.catch(() => {});
    } finally {
      vi.useRealTimers();
    }
  });
  test("needs something to tell news by, and ends with an abort", async () => {
    const api = client("http://localhost/", { fetch: async () => Response.json(1) });
    await expect(poll(api, "/n").next()).rejects.toMatchObject({ code: "ERR_REST_RESPONSE" });
    const aborted = poll(api, "/n", { signal: AbortSignal.abort(new Error("enough")) });
    await expect(aborted.next()).rejects.toThrow("enough");
  });
});

describe("a feed by long polling", () => {
  const serving = (feed: Feed<string>, waitMs = 1000) =>
    handler(resource("/news", { GET: (request) => longPollFeed(request, feed, { waitMs }) }));
  const get = (feed: Feed<string>, query: string, waitMs?: number) =>
    serving(feed, waitMs)(new Request(`http://localhost/news${query}`));

  test("gives what is newer at once, and waits for what is not there yet", async () => {
    const feed = new Feed<string>();
    feed.publish("a");
    const old = await get(feed, "?after=0&x=y");
    expect(await old.json()).toEqual({ events: [{ id: 1, data: "a" }], missed: 0, last: 1 });
    expect(old.headers.get("Link")).toBe('<?after=1&x=y>; rel="next"');
    expect(old.headers.get("Cache-Control")).toBe("no-store");
    const next = get(feed, "");
    setTimeout(() => feed.publish("b"), 1);
    expect(await (await next).json()).toMatchObject({ events: [{ id: 2 }], last: 2 });
  });
  test("is a 204 when there is none in time, which says where to go on", async () => {
    const feed = new Feed<string>();
    feed.publish("a");
    const none = await get(feed, "", 1);
    expect([none.status, none.headers.get("Link")]).toEqual([204, '<?after=1>; rel="next"']);
  });
  test("misses nothing between two requests, though the first had no news", async () => {
    const feed = new Feed<string>();
    const served = serving(feed, 1);
    let requests = 0;
    const fetch = async (request: Request) => {
      const answer = await served(request);
      if (++requests === 1) feed.publish("in between");
      return answer;
    };
    const api = client("http://localhost/", { fetch });
    for await (const { id, data } of pollFeed<string>(api, "/news", {
      intervalMs: 1,
      waitSeconds: 0,
      query: { x: "y" },
    })) {
      expect([id, data]).toEqual([1, "in between"]);
      break;
    }
  });
  test("refuses what is none of a feed", async () => {
    const api = client("http://localhost/", { fetch: async () => Response.json({ events: 5 }) });
    await expect(pollFeed(api, "/news").next()).rejects.toMatchObject({ code: "ERR_REST_RESPONSE" });
  });
});
