import { describe, expect, test, vi } from "vitest";
import { pipe } from "../../src/net/pipe.js";
import { connCase } from "../../src/nettest/conn-case.js";
import type { ConnPair, Traits } from "../../src/nettest/index.js";
import { connCases } from "../../src/nettest/index.js";
import type { Task } from "../../src/nettest/task.js";

type Body = (pair: ConnPair, t: Task) => Promise<void>;

/** Makes a case of `body`, and a fixture that tells whether it was stopped. */
function setUp(body: Body, needs: (keyof Traits)[] = []) {
  const [c1, c2] = pipe();
  const stop = vi.fn(() => [c1, c2].forEach((c) => c.close()));
  const fixture: ConnPair = { c1, c2, stop };
  return { it: connCase("Example", needs, "An example.", body), fixture, stop, make: async () => fixture };
}

const forever = () => new Promise<never>(() => {});

describe("run", () => {
  test("stops the fixture when the property holds", async () => {
    const { it, make, stop } = setUp(async () => {});
    await it.run(make);
    expect(stop).toHaveBeenCalledOnce();
  });

  test("rejects with the case, the reason and the step, and stops the fixture", async () => {
    const cause = new Error("got 1, want 2");
    const { it, make, stop } = setUp(async (_, t) => {
      t.step("counting");
      throw cause;
    });
    const err = await it.run(make).catch((e: unknown) => e);
    expect(err).toMatchObject({ message: "nettest: Example: got 1, want 2 (counting)", cause });
    expect(stop).toHaveBeenCalledOnce();
  });

  test("rejects when time runs out, names the step, and stops the fixture", async () => {
    const { it, make, stop } = setUp(async (_, t) => {
      t.step("waiting");
      await forever();
    });
    await expect(it.run(make, { timeoutMs: 50 })).rejects.toThrow("nettest: Example: timed out after 0.05 s (waiting)");
    expect(stop).toHaveBeenCalledOnce();
  });

  test("gives a case 30 s", async () => {
    vi.useFakeTimers();
    try {
      const { it, make } = setUp(forever);
      const outcome = expect(it.run(make)).rejects.toThrow("timed out after 30 s (start)");
      await vi.advanceTimersByTimeAsync(30_000);
      await outcome;
    } finally {
      vi.useRealTimers();
    }
  });

  test("fails as soon as spawned work does", async () => {
    const { it, make } = setUp(async (_, t) => {
      await Promise.all([forever(), t.spawn(Promise.reject(new Error("broke off")))]);
    });
    await expect(it.run(make)).rejects.toThrow("nettest: Example: broke off (start)");
  });

  test("does not mind spawned work that fails after the case", async () => {
    const { it, make } = setUp(async ({ c1 }, t) => {
      void t.spawn(c1.read(new Uint8Array(1)));
    });
    await it.run(make);
  });

  test("rejects when the maker fails, by a throw or a rejection", async () => {
    const { it } = setUp(async () => {});
    const fail = () => {
      throw new Error("no network");
    };
    await expect(it.run(fail)).rejects.toThrow("nettest: Example: no network (make)");
    await expect(it.run(async () => fail())).rejects.toThrow("nettest: Example: no network (make)");
  });

  test("stops a fixture that is made too late", async () => {
    const { it, fixture, stop } = setUp(async () => {});
    const make = () => new Promise<ConnPair>((resolve) => setTimeout(resolve, 30, fixture));
    await expect(it.run(make, { timeoutMs: 10 })).rejects.toThrow("timed out after 0.01 s (make)");
    await vi.waitFor(() => expect(stop).toHaveBeenCalledOnce());
  });

  test("rejects when stop fails or never ends", async () => {
    const { it, fixture } = setUp(async () => {});
    const failing = async () => ({ ...fixture, stop: () => Promise.reject(new Error("still busy")) });
    await expect(it.run(failing)).rejects.toThrow("nettest: Example: still busy (stop)");
    const hanging = async () => ({ ...fixture, stop: forever });
    await expect(it.run(hanging, { timeoutMs: 20 })).rejects.toThrow("timed out after 0.02 s (stop)");
  });

  test("reports the case rather than stop when both fail", async () => {
    const { it, fixture } = setUp(() => Promise.reject(new Error("first")));
    const make = async () => ({ ...fixture, stop: () => Promise.reject(new Error("second")) });
    await expect(it.run(make)).rejects.toThrow("first");
  });
});

describe("traits", () => {
  test("a case whose needs are not met is left out, and its fixture stopped", async () => {
    const body = vi.fn(async () => {});
    const { it, fixture, make, stop } = setUp(body, ["backPressure"]);
    await it.run(async () => ({ ...fixture, traits: { backPressure: false } }));
    expect(body).not.toHaveBeenCalled();
    expect(stop).toHaveBeenCalledOnce();
    await it.run(make);
    expect(body).toHaveBeenCalledOnce();
  });

  test("name what each case needs", () => {
    expect(connCases.find((c) => c.name === "BackPressure")?.needs).toEqual(["backPressure"]);
    expect(connCases.find((c) => c.name === "BasicIO")?.needs).toEqual([]);
  });
});
