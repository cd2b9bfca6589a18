import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Deadline } from "../../src/net/deadline.js";

const start = Date.UTC(2030, 0, 1);
const day = 86_400_000;

describe("Deadline", () => {
  let onExpire: ReturnType<typeof vi.fn<() => void>>;
  let deadline: Deadline;

  beforeEach(() => {
    vi.useFakeTimers({ now: start });
    onExpire = vi.fn<() => void>();
    deadline = new Deadline(onExpire);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("none is set at first", () => {
    deadline.watch();
    expect(deadline.expired).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    ["a Date", new Date(start + 100)],
    ["milliseconds since the epoch", start + 100],
  ])("passes at the time that it is set to, given as %s", (_, at) => {
    deadline.set(at);
    deadline.watch();
    vi.advanceTimersByTime(99);
    expect([onExpire.mock.calls.length, deadline.expired]).toEqual([0, false]);
    vi.advanceTimersByTime(1);
    expect([onExpire.mock.calls.length, deadline.expired]).toEqual([1, true]);
  });

  test("one in the past expires at once, watched or not", () => {
    deadline.set(start);
    expect(onExpire).toHaveBeenCalledTimes(1);
    deadline.set(Number.NEGATIVE_INFINITY);
    expect(onExpire).toHaveBeenCalledTimes(2);
    expect(deadline.expired).toBe(true);
  });

  test.each([null, Number.POSITIVE_INFINITY])("%s takes it away, and it can be set again", (none) => {
    deadline.set(start);
    deadline.set(none);
    expect(deadline.expired).toBe(false);
    deadline.watch();
    vi.advanceTimersByTime(100 * day);
    expect(onExpire).toHaveBeenCalledTimes(1);
    deadline.set(Date.now() + 10);
    vi.advanceTimersByTime(10);
    expect(onExpire).toHaveBeenCalledTimes(2);
  });

  test("moved while something waits, it passes at the new time only", () => {
    deadline.watch();
    deadline.set(start + 100);
    deadline.set(start + 500);
    vi.advanceTimersByTime(499);
    expect(onExpire).not.toHaveBeenCalled();
    deadline.set(start + 1000);
    deadline.set(start + 500);
    vi.advanceTimersByTime(1);
    expect(onExpire).toHaveBeenCalledOnce();
  });

  test("moved closer while something waits, it does not oversleep", () => {
    deadline.watch();
    deadline.set(start + 1000);
    deadline.set(start + 10);
    vi.advanceTimersByTime(10);
    expect(onExpire).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("nobody is told while nothing waits", () => {
    deadline.set(start + 100);
    deadline.watch();
    deadline.unwatch();
    vi.advanceTimersByTime(200);
    expect(onExpire).not.toHaveBeenCalled();
    expect(deadline.expired).toBe(true);
  });

  test("a thousand waits one after the other take one timer", () => {
    const set = vi.spyOn(globalThis, "setTimeout");
    deadline.set(start + 10_000);
    for (let i = 0; i < 1000; i++) {
      deadline.watch();
      vi.advanceTimersByTime(1);
      deadline.set(Date.now() + 10_000);
      deadline.unwatch();
    }
    expect(set).toHaveBeenCalledOnce();
    set.mockRestore();
  });

  test("one further away than a timer reaches passes when it should", () => {
    deadline.set(start + 60 * day);
    deadline.watch();
    vi.advanceTimersByTime(60 * day - 1);
    expect(onExpire).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onExpire).toHaveBeenCalledOnce();
  });

  test("stop leaves no timer and no deadline", () => {
    deadline.set(start + 100);
    deadline.watch();
    deadline.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1000);
    expect([onExpire.mock.calls.length, deadline.expired]).toEqual([0, false]);
  });

  test("a time that is none is refused, and changes nothing", () => {
    deadline.set(start + 100);
    expect(() => deadline.set(new Date("no date"))).toThrow(RangeError);
    expect(() => deadline.set(Number.NaN)).toThrow(RangeError);
    deadline.watch();
    vi.advanceTimersByTime(100);
    expect(onExpire).toHaveBeenCalledOnce();
  });

  describe("keeps the process alive", () => {
    let timer: NodeJS.Timeout | undefined;

    beforeEach(() => {
      const fake = globalThis.setTimeout;
      vi.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void, ms: number) => {
        timer = fake(run, ms);
        return timer;
      }) as typeof setTimeout);
    });
    afterEach(() => {
      vi.restoreAllMocks();
    });

    test("just while something waits for it", () => {
      deadline.set(start + 1000);
      deadline.watch();
      expect(timer?.hasRef()).toBe(true);
      deadline.unwatch();
      expect(timer?.hasRef()).toBe(false);
      deadline.watch();
      expect(timer?.hasRef()).toBe(true);
    });

    test("no longer once it is taken away, although something waits", () => {
      deadline.set(start + 1000);
      deadline.watch();
      deadline.set(null);
      expect(timer?.hasRef()).toBe(false);
      deadline.set(start + 2000);
      expect(timer?.hasRef()).toBe(true);
    });
  });
});
