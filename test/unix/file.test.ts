import { randomUUID } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, test, vi } from "vitest";
import * as unix from "../../src/unix/index.js";
import { bytes, readText, reasonOf } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing, restingSockets, socketsAreGone } from "../support/handles.js";
import { leaveStaleSocket } from "../support/stale.js";
import { freshPath } from "../support/temp.js";

leavesNoSocket();
raisesNothing();
const keep = closing();
const inUse = { code: "EADDRINUSE" };

async function speak(path: string, listener: unix.UnixListener): Promise<void> {
  const [dialled, accepted] = await Promise.all([unix.dial(path), listener.accept()]);
  await keep(dialled).write(bytes("hello"));
  expect(await readText(keep(accepted))).toBe("hello");
}

describe("a socket's file", () => {
  test("is there while the listener is, and goes with it", async () => {
    const path = freshPath();
    const listener = keep(await unix.listen(path));
    expect(lstatSync(path).isSocket()).toBe(true);
    listener.close();
    expect(existsSync(path)).toBe(false);
    const again = keep(await unix.listen(path));
    await speak(path, again);
  });

  test("stays while conns outlive the listener only if somebody else made it", async () => {
    const path = freshPath();
    const listener = keep(await unix.listen(path));
    const [dialled, accepted] = await Promise.all([unix.dial(path), listener.accept()]);
    listener.close();
    const next = keep(await unix.listen(path));
    await keep(dialled).write(bytes("still here"));
    expect(await readText(keep(accepted))).toBe("still here");
    accepted.close();
    dialled.close();
    await Promise.all([dialled.closed, accepted.closed]);
    await speak(path, next);
  });

  test("that a dead server has left is replaced", async () => {
    const path = freshPath();
    await leaveStaleSocket(path);
    expect(await reasonOf(unix.dial(path))).toMatchObject({ code: "ECONNREFUSED" });
    const listener = keep(await unix.listen(path));
    await speak(path, listener);
  });

  test("that a dead server has left stays where that is asked for", async () => {
    const path = freshPath();
    await leaveStaleSocket(path);
    expect(await reasonOf(unix.listen(path, { replaceStale: false }))).toMatchObject(inUse);
    expect(lstatSync(path).isSocket()).toBe(true);
  });

  test("of a server that lives is not replaced, and its conns are not disturbed", async () => {
    const path = freshPath();
    const listener = keep(await unix.listen(path));
    const before = await restingSockets();
    for (const replaceStale of [true, false]) {
      expect(await reasonOf(unix.listen(path, { replaceStale }))).toMatchObject(inUse);
    }
    keep(await listener.accept()).close(); // the one that looked whether the server lives
    await socketsAreGone(before);
    await speak(path, listener);
  });

  test("of a server that lives, and whose queue is full, is not replaced", async () => {
    const path = freshPath();
    const listener = keep(await unix.listen(path, { backlog: 1 }));
    keep(await unix.dial(path));
    expect(await reasonOf(unix.listen(path))).toMatchObject(inUse);
    expect(lstatSync(path).isSocket()).toBe(true);
    listener.close();
  });

  test("is replaced by one of two who try at once", async () => {
    const path = freshPath();
    await leaveStaleSocket(path);
    const outcomes = await Promise.allSettled([unix.listen(path), unix.listen(path)]);
    const listeners = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [keep(outcome.value)] : []));
    expect(listeners.length).toBeGreaterThanOrEqual(1);
    expect(lstatSync(path).isSocket()).toBe(true);
  });
});

describe("what is no socket is never removed:", () => {
  test("a plain file", async () => {
    const path = freshPath();
    writeFileSync(path, "precious");
    expect(await reasonOf(unix.listen(path))).toMatchObject(inUse);
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  test("a directory", async () => {
    const path = freshPath();
    mkdirSync(path);
    expect(await reasonOf(unix.listen(path))).toMatchObject(inUse);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  test("a link, even to a socket that is stale", async () => {
    const [path, target] = [freshPath(), freshPath()];
    await leaveStaleSocket(target);
    symlinkSync(target, path);
    expect(await reasonOf(unix.listen(path))).toMatchObject(inUse);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(lstatSync(target).isSocket()).toBe(true);
  });
});

describe("mode", () => {
  test("is the file's from the first moment, whatever the umask, which stays as it was", async () => {
    const umask = process.umask(0);
    try {
      for (const mode of [0o600, 0o660, 0o777]) {
        const path = freshPath();
        const listening = unix.listen(path, { mode });
        expect(statSync(path).mode & 0o777).toBe(mode); // Node binds at once
        expect(process.umask(0)).toBe(0);
        keep(await listening);
        expect(statSync(path).mode & 0o777).toBe(mode);
      }
    } finally {
      process.umask(umask);
    }
  });

  test("is the umask's where none is given", async () => {
    const umask = process.umask(0o027);
    try {
      const path = freshPath();
      keep(await unix.listen(path));
      expect(statSync(path).mode & 0o777).toBe(0o750);
    } finally {
      process.umask(umask);
    }
  });

  test("holds for a file that replaces a stale one", async () => {
    const path = freshPath();
    await leaveStaleSocket(path);
    keep(await unix.listen(path, { mode: 0o600 }));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("is set after all where the umask cannot be, as in a worker", async () => {
    const umask = vi.spyOn(process, "umask").mockImplementation(() => {
      throw new TypeError("process.umask() is not supported in workers"); // oxlint-disable-line house/error-message -- Node's words
    });
    const path = freshPath();
    try {
      keep(await unix.listen(path, { mode: 0o600 }));
    } finally {
      umask.mockRestore();
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("that cannot be set leaves no listener behind", async () => {
    const umask = vi.spyOn(process, "umask").mockImplementation(() => {
      throw new TypeError("process.umask() is not supported in workers"); // oxlint-disable-line house/error-message -- Node's words
    });
    const before = await restingSockets();
    const path = freshPath();
    try {
      const listening = reasonOf(unix.listen(path, { mode: 0o600 }));
      unlinkSync(path);
      expect(await listening).toMatchObject({ op: "listen", code: "ENOENT" });
    } finally {
      umask.mockRestore();
    }
    await socketsAreGone(before);
  });
});

describe.skipIf(process.platform !== "linux")("an abstract name (Linux has them)", () => {
  test("needs no file, is taken once, and is free again at once", async () => {
    const name = `@toolkit-test-${randomUUID()}`;
    const listener = keep(await unix.listen(name, { mode: 0o600 }));
    expect(listener.addr.toString()).toBe(name);
    expect(existsSync(name)).toBe(false);
    const inTable = readFileSync("/proc/net/unix", "utf8");
    expect(inTable).toContain(Number.parseInt(process.versions.node, 10) < 22 ? name : `${name}\n`);
    await speak(name, listener);
    expect(await reasonOf(unix.listen(name))).toMatchObject({
      message: `listen unix ${name}: bind: address already in use`,
    });
    listener.close();
    keep(await unix.listen(name));
  });

  test("has up to 107 characters", async () => {
    const name = `@${randomUUID()}`.padEnd(108, "x");
    const listener = keep(await unix.listen(name));
    await speak(name, listener);
    for (const call of [unix.listen(`${name}x`), unix.dial(`${name}x`)]) {
      expect(await reasonOf(call)).toMatchObject({ code: "EINVAL" });
    }
  });
});
