import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, expect } from "vitest";

/** Lists the sockets and servers that keep this process alive. */
export function liveSockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /^(?:TCP|TLS|Pipe)/.test(name));
}

/** Waits until what the tests before have closed is gone, and lists what is left. */
export async function restingSockets(): Promise<string[]> {
  for (let i = 0; i < 4; i++) await setImmediate();
  return liveSockets();
}

/** Waits until no more sockets are left than `before`, and fails after two seconds. */
export async function socketsAreGone(before: readonly string[]): Promise<void> {
  for (const until = Date.now() + 2000; Date.now() < until; ) {
    if (liveSockets().length <= before.length) return;
    await setImmediate();
  }
  expect(liveSockets()).toEqual(before);
}

/** Lets a file's tests fail if any of them leaves a socket or a server behind. */
export function leavesNoSocket(): void {
  let before: string[] = [];
  beforeAll(async () => {
    before = await restingSockets();
  });
  afterAll(() => socketsAreGone(before));
}

/** Lets a file's tests fail if anything is raised that no call returns. */
export function raisesNothing(): void {
  const raised: unknown[] = [];
  const note = (err: unknown): void => {
    raised.push(err);
  };
  beforeAll(() => {
    process.on("uncaughtException", note).on("unhandledRejection", note);
  });
  afterAll(async () => {
    await setImmediate();
    process.off("uncaughtException", note).off("unhandledRejection", note);
    expect(raised).toEqual([]);
  });
}
