import { describe, expect, test, vi } from "vitest";
import { type EventSourceLike, type EventsOptions, events } from "../../src/rest/events.js";
import { Feed, feedId } from "../../src/rest/events-feed.js";
import { formatEvent, type ServerEvent } from "../../src/rest/events-format.js";
import { EventParser } from "../../src/rest/events-parser.js";
import { EventStreamError, eventSource, readEvents } from "../../src/rest/events-source.js";

const url = "http://localhost/events";
const streamOf = (text: string, init: ResponseInit = {}) =>
  new Response(text, { headers: { "Content-Type": "text/event-stream" }, ...init });
const get = (source: EventSourceLike, options?: EventsOptions, init?: RequestInit) =>
  events(new Request(url, init), source, options);
const eventsOf = (text: string, limit = 1000) => new EventParser(limit).push(text);

describe("formatEvent", () => {
  test("writes each line of the data as a line of its own, whatever ends it", () => {
    expect(formatEvent({ data: "a\nb\r\nc\rd" })).toBe("data: a\ndata: b\ndata: c\ndata: d\n\n");
  });
  test("writes what is no string as JSON", () => {
    expect(formatEvent({ id: 7, event: "price", data: { n: 1 }, retryMs: 5 })).toBe(
      'retry: 5\nevent: price\nid: 7\ndata: {"n":1}\n\n',
    );
  });
  test.each<ServerEvent>([{ id: "1\ndata: evil" }, { event: "a\rb" }, { id: "\0" }, { data: () => {} }])(
    "refuses what would be something else: %j",
    (event) => {
      expect(() => formatEvent(event)).toThrow(TypeError);
    },
  );
  test("refuses a time that is no whole number", () => {
    expect(() => formatEvent({ retryMs: 1.5 })).toThrow(RangeError);
    expect(() => formatEvent({ retryMs: -1 })).toThrow(RangeError);
  });
});

describe("EventParser", () => {
  const text =
    "\uFEFF: hi\r\nid: 1\rdata: a\ndata:b\r\n\r\nevent: x\ndata\n\nid:2\nretry: 10\n\nid: \0\ndata:  two\n\ndata: cut";
  const expected = [
    ["message", "a\nb", "1"],
    ["x", "", "1"],
    ["message", " two", "2"],
  ];

  test.each([1, 2, 3, 1000])("reads a stream in pieces of %i", (size) => {
    const parser = new EventParser(100);
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
    const all = ["", ...pieces].flatMap((piece) => parser.push(piece));
    expect(all.map(({ event, data, lastEventId }) => [event, data, lastEventId])).toEqual(expected);
    expect(parser.retryMs).toBe(10);
  });
  test("ignores fields that it does not know, and times that are none", () => {
    const parser = new EventParser(100);
    expect(parser.push("foo: 1\nretry: -5\nretry: 1e3\nretry\n\n")).toEqual([]);
    expect(parser.retryMs).toBeUndefined();
  });
  test("reads back what formatEvent writes", () => {
    const [event] = eventsOf(formatEvent({ id: "x y", event: "price", data: { text: "a\nb" } }));
    expect(event).toMatchObject({ event: "price", lastEventId: "x y" });
    expect(event?.json()).toEqual({ text: "a\nb" });
  });
  test("does not keep a line that never ends", () => {
    const parser = new EventParser(1000);
    const push = () => {
      for (let i = 0; i < 1001; i++) parser.push("x");
    };
    expect(push).toThrow("longer than 1000: see maxEventChars");
  });
  test("does not keep an event that never ends, even of empty lines", () => {
    expect(() => eventsOf("data: 12345678\n".repeat(200))).toThrow("longer");
    expect(() => eventsOf("data\n".repeat(2000))).toThrow("longer");
  });
  test("takes any number of comments and of events", () => {
    expect(eventsOf(": hello\n".repeat(1000))).toEqual([]);
    expect(eventsOf("data: hello\n\n".repeat(1000))).toHaveLength(1000);
  });
});

describe("events", () => {
  test("sends what the source gives, and ends with it", async () => {
    const response = get([{ id: 1, data: "a" }, { data: { b: 2 } }], { retryMs: 3000, headers: { "X-A": "1" } });
    expect(Object.fromEntries(response.headers)).toEqual({
      "cache-control": "no-store",
      "content-type": "text/event-stream",
      "x-accel-buffering": "no",
      "x-a": "1",
    });
    expect(await response.text()).toBe('retry: 3000\n\nid: 1\ndata: a\n\ndata: {"b":2}\n\n');
  });

  test("tells the source where the client left off", async () => {
    const source = ({ lastEventId }: { lastEventId: string }) => [{ data: `after ${lastEventId}` }];
    const response = get(source, {}, { headers: { "Last-Event-ID": "41" } });
    expect(await response.text()).toContain("data: after 41\n");
  });

  test("asks the source for no more than the client takes", async () => {
    let asked = 0;
    async function* endless() {
      for (;;) yield { data: ++asked };
    }
    const reader = get(endless()).body?.getReader();
    await reader?.read();
    expect(asked).toBe(0);
    await reader?.read();
    await reader?.read();
    expect(asked).toBe(2);
    await reader?.cancel();
  });

  test("tells the source that the client is gone: its signal aborts, and it may clean up", async () => {
    const seen: string[] = [];
    const response = get(async function* ({ signal }) {
      try {
        signal.addEventListener("abort", () => seen.push("aborted"));
        yield { data: 1 };
        yield { data: 2 };
      } finally {
        seen.push("returned");
      }
    });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.read();
    await reader?.cancel();
    await vi.waitFor(() => expect(seen).toEqual(["aborted", "returned"]));
  });

  test("an aborted request ends a stream whose source waits", async () => {
    const aborter = new AbortController();
    const feed = new Feed();
    const reader = get(feed, {}, { signal: aborter.signal }).body?.getReader();
    await reader?.read();
    const read = reader?.read();
    aborter.abort(new Error("gone"));
    await expect(read).rejects.toThrow("gone");
  });

  test("a request that was aborted before has an aborted stream", async () => {
    await expect(get([], {}, { signal: AbortSignal.abort(new Error("gone")) }).text()).rejects.toThrow("gone");
  });

  test("an error of the source ends the stream, behind the events before it, and is heard of", async () => {
    const heard: unknown[] = [];
    const textOf = (source: EventSourceLike) => get(source, { onError: (err) => heard.push(err) }).text();
    const failing = async function* () {
      yield { data: 1 };
      throw new Error("database is gone");
    };
    expect(await textOf(failing)).toBe(":\n\ndata: 1\n\n");
    expect(await textOf([{ data: 1 }, { id: "a\nb" }])).toBe(":\n\ndata: 1\n\n");
    const broken = () => {
      throw new Error("no source");
    };
    expect(await textOf(broken)).toBe(":\n\n");
    expect(heard.map((err) => (err as Error).message)).toEqual([
      "database is gone",
      "Id of an event has a line break or NUL in it",
      "no source",
    ]);
    expect(await get(failing).text()).toBe(":\n\ndata: 1\n\n");
  });

  test("what a source throws while it cleans up harms nobody", async () => {
    const source = async function* () {
      try {
        yield { data: 1 };
        yield { data: 2 };
      } finally {
        // oxlint-disable-next-line no-unsafe-finally -- that is the point
        throw new Error("cannot clean up");
      }
    };
    const reader = get(source).body?.getReader();
    await reader?.read();
    await reader?.read();
    await expect(reader?.cancel()).resolves.toBeUndefined();
  });

  test("sends heartbeats while the source is silent, and its events then", async () => {
    vi.useFakeTimers();
    try {
      const feed = new Feed<string>();
      const reader = get(feed, { heartbeatMs: 50 }).body?.getReader();
      const next = async () => new TextDecoder().decode((await reader?.read())?.value);
      await next();
      for (let i = 0; i < 3; i++) {
        const beat = next();
        await vi.advanceTimersByTimeAsync(50);
        expect(await beat).toBe(":\n\n");
      }
      const event = next();
      feed.publish("news");
      expect(await event).toBe("id: 1\ndata: news\n\n");
      await reader?.cancel();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([-1, Number.NaN, 2 ** 31])("refuses a heartbeat every %s ms", (heartbeatMs) => {
    expect(() => get([], { heartbeatMs })).toThrow(RangeError);
  });
});

describe("Feed", () => {
  test("keeps the last events, and says how many are gone", () => {
    const feed = new Feed<number>({ keep: 3 });
    for (let i = 1; i <= 5; i++) feed.publish(i * 10);
    expect(feed.after(0)).toEqual({
      events: [
        { id: 3, data: 30 },
        { id: 4, data: 40 },
        { id: 5, data: 50 },
      ],
      missed: 2,
      last: 5,
    });
    expect(feed.after(4).events).toEqual([{ id: 5, data: 50 }]);
    expect(feed.after(5)).toEqual({ events: [], missed: 0, last: 5 });
  });
  test("gives everything to those who come with an id of an earlier life", () => {
    const feed = new Feed<string>();
    feed.publish("a");
    expect(feed.after(99).events).toHaveLength(1);
    expect(feed.after(-1).events).toHaveLength(1);
  });
  test("wakes all who wait, once", async () => {
    const feed = new Feed<string>();
    const waits = [feed.changed(0), feed.changed(0)];
    feed.publish("a");
    await Promise.all(waits);
    await feed.changed(0);
    await expect(feed.changed(1, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
  test("a subscriber that is slow goes on with the oldest that is kept", async () => {
    const feed = new Feed<number>({ keep: 2 });
    const aborter = new AbortController();
    const subscription = feed.subscribe(0, aborter.signal);
    feed.publish(1);
    expect((await subscription.next()).value).toMatchObject({ id: 1 });
    for (let i = 2; i <= 9; i++) feed.publish(i);
    expect((await subscription.next()).value).toMatchObject({ id: 8 });
    expect((await subscription.next()).value).toMatchObject({ id: 9 });
    const end = subscription.next();
    aborter.abort();
    expect(await end).toEqual({ done: true, value: undefined });
  });
  test("refuses to keep none", () => {
    expect(() => new Feed({ keep: 0 })).toThrow(RangeError);
  });
  test.each([
    ["12", 12],
    ["", undefined],
    [null, undefined],
    ["-1", undefined],
    ["1e9", undefined],
    ["9".repeat(400), undefined],
  ])("takes the id %j for %j", (text, id) => {
    expect(feedId(text)).toBe(id);
  });
});

describe("readEvents", () => {
  test("refuses what is no event stream", async () => {
    const read = (response: Response) => readEvents(response).next();
    await expect(read(new Response("hello"))).rejects.toThrow("no event stream: Content-Type text/plain");
    await expect(read(streamOf("", { status: 500 }))).rejects.toThrow("no event stream: status 500");
  });
  test("cancels the stream when the loop is left", async () => {
    let cancelled = false;
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode("data: é\n\n")),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const { data } of readEvents(new Response(body, { headers: { "Content-Type": "text/event-stream" } }))) {
      expect(data).toBe("é");
      break;
    }
    expect(cancelled).toBe(true);
  });
});

describe("eventSource", () => {
  /** Answers one request after the other. */
  function server(...answers: (() => Response | Error)[]) {
    const requests: Request[] = [];
    const fetch = async (request: Request) => {
      requests.push(request);
      const answer = answers.shift()?.() ?? new Response(null, { status: 204 });
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return { requests, fetch, ids: () => requests.map(({ headers }) => headers.get("Last-Event-ID")) };
  }
  const quickly = { minDelayMs: 1, maxDelayMs: 1 };
  async function all(source: AsyncIterable<{ data: string }>) {
    const data: string[] = [];
    for await (const event of source) data.push(event.data);
    return data;
  }

  test("goes on where it left off, through lost connections and errors that pass, until 204", async () => {
    const { fetch, ids } = server(
      () => streamOf("id: 1\ndata: a\n\ndata: cut off"),
      () => new TypeError("Fetch failed"),
      () => new Response("busy", { status: 503 }),
      () => streamOf("id: 2\ndata: b\n\n"),
    );
    expect(await all(eventSource(url, { fetch, ...quickly }))).toEqual(["a", "b"]);
    expect(ids()).toEqual([null, "1", "1", "1", "2"]);
  });

  test("ends with an error that will not pass", async () => {
    const { fetch } = server(() => new Response("no", { status: 404 }));
    const error = await all(eventSource(url, { fetch, ...quickly })).catch((err: unknown) => err);
    expect(error).toBeInstanceOf(EventStreamError);
    expect(error).toMatchObject({ status: 404, code: "ERR_REST_EVENTS" });
    const { fetch: html } = server(() => new Response("<p>", { headers: { "Content-Type": "text/html" } }));
    await expect(all(eventSource(url, { fetch: html, ...quickly }))).rejects.toThrow("Content-Type text/html");
  });

  test("ends with an event that is too long, and does not ask for it again", async () => {
    const { fetch, requests } = server(() => streamOf(`data: ${"x".repeat(200)}\n\n`));
    await expect(all(eventSource(url, { fetch, maxEventChars: 100, ...quickly }))).rejects.toThrow("longer than 100");
    expect(requests).toHaveLength(1);
  });

  test("ends with a mistake of the caller's, which would be one again", async () => {
    const { fetch, requests } = server();
    await expect(all(eventSource("/news", { fetch, ...quickly }))).rejects.toThrow(TypeError);
    await expect(all(eventSource(url, { fetch, ...quickly, lastEventId: "\n\u0100" }))).rejects.toThrow(TypeError);
    expect(requests).toHaveLength(0);
  });

  test("does not connect again if it is told not to", async () => {
    const { fetch, requests } = server(() => streamOf("data: a\n\n"));
    expect(await all(eventSource(url, { fetch, reconnect: false }))).toEqual(["a"]);
    expect(requests).toHaveLength(1);
  });

  test("waits at most maxDelayMs, whatever it is told", async () => {
    vi.useFakeTimers();
    try {
      const { fetch, requests } = server(
        () => streamOf("retry: 99999999999999999999\n\n"),
        () => new Response("", { status: 503, headers: { "Retry-After": "31536000" } }),
      );
      const end = all(eventSource(url, { fetch, maxDelayMs: 5000 }));
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await end).toEqual([]);
      expect(requests).toHaveLength(3);
    } finally {
      vi.useRealTimers();
    }
  });

  test("is not driven to connect without a pause", async () => {
    vi.useFakeTimers();
    try {
      const { fetch, requests } = server(
        ...Array.from({ length: 1000 }, () => () => streamOf("retry: 0\ndata: x\n\n")),
      );
      const aborter = new AbortController();
      const end = all(eventSource(url, { fetch, signal: aborter.signal }));
      const ended = expect(end).rejects.toThrow("enough");
      await vi.advanceTimersByTimeAsync(1000);
      expect(requests.length).toBeLessThanOrEqual(11);
      aborter.abort(new Error("enough"));
      await ended;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
