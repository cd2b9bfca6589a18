import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { OpError } from "../../src/net/index.js";
import * as unix from "../../src/unix/index.js";
import { bytes, reasonOf } from "../support/bytes.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, raisesNothing } from "../support/handles.js";
import { freshPath } from "../support/temp.js";

leavesNoSocket();
raisesNothing();
const keep = closing();

async function refuses(call: Promise<unknown>, message: string, code: string): Promise<void> {
  const err = await reasonOf(call);
  expect(err).toBeInstanceOf(OpError);
  expect(err).toMatchObject({ message, code });
}

describe("what the system refuses is told in Go's words, by a rejection", () => {
  test("nothing is there", async () => {
    const path = freshPath();
    await refuses(unix.dial(path), `dial unix ${path}: connect: no such file or directory`, "ENOENT");
  });

  test("a plain file is there", async () => {
    const path = freshPath();
    writeFileSync(path, "");
    await refuses(unix.dial(path), `dial unix ${path}: connect: connection refused`, "ECONNREFUSED");
    await refuses(unix.listen(path), `listen unix ${path}: bind: address already in use`, "EADDRINUSE");
  });

  test("the directory is missing", async () => {
    const path = join(freshPath(), "x.sock");
    await refuses(unix.listen(path), `listen unix ${path}: bind: no such file or directory`, "ENOENT");
    await refuses(unix.dial(path), `dial unix ${path}: connect: no such file or directory`, "ENOENT");
  });

  test("no path at all", async () => {
    await refuses(unix.dial(""), "dial unix: missing address", "ERR_ADDR");
    await refuses(unix.listen(""), "listen unix: missing address", "ERR_ADDR");
  });

  test("a path that is too long, which the system would cut", async () => {
    const folder = dirname(freshPath());
    const longest = join(folder, "x".repeat(107 - folder.length - 1));
    keep(await unix.listen(longest));
    keep(await unix.dial(longest));
    for (const path of [`${longest}x`, `${longest}${"x".repeat(500)}`, `${longest.slice(0, -1)}é`]) {
      await refuses(unix.listen(path), `listen unix ${path}: bind: invalid argument`, "EINVAL");
      await refuses(unix.dial(path), `dial unix ${path}: connect: invalid argument`, "EINVAL");
    }
  });

  test("a path with a zero byte in it, at which the system would cut it", async () => {
    const path = freshPath();
    keep(await unix.listen(path));
    await refuses(unix.dial(`${path}\0x`), `dial unix ${path}\0x: connect: invalid argument`, "EINVAL");
    await refuses(unix.listen(`${path}2\0x`), `listen unix ${path}2\0x: bind: invalid argument`, "EINVAL");
  });

  test.skipIf(process.getuid?.() === 0)("no permission (root has all)", async () => {
    const folder = freshPath();
    mkdirSync(folder);
    const path = join(folder, "x.sock");
    keep(await unix.listen(path));
    chmodSync(path, 0);
    await refuses(unix.dial(path), `dial unix ${path}: connect: permission denied`, "EACCES");
    chmodSync(folder, 0o500);
    await refuses(unix.listen(`${path}2`), `listen unix ${path}2: bind: permission denied`, "EACCES");
    chmodSync(folder, 0o700);
    rmSync(path);
  });

  test.skipIf(process.platform !== "linux")("nobody listens at an abstract name", async () => {
    const name = `@toolkit-test-${randomUUID()}`;
    await refuses(unix.dial(name), `dial unix ${name}: connect: connection refused`, "ECONNREFUSED");
  });
});

test("errors of a conn name the operation and both ends, of which the one that dialled has no name", async () => {
  const listener = keep(await unix.listen(freshPath()));
  const [dialled, accepted] = await Promise.all([unix.dial(listener.addr), listener.accept()]);
  const path = listener.addr.toString();
  expect([dialled.localAddr, dialled.remoteAddr].join()).toBe(`@,${path}`);
  expect([accepted.localAddr, accepted.remoteAddr].join()).toBe(`${path},@`);
  expect(dialled.localAddr).toMatchObject({ transport: "unix", path: "" });
  const closed = "use of closed network connection";
  dialled.close();
  await refuses(dialled.read(new Uint8Array(1)), `read unix @->${path}: ${closed}`, "ERR_CLOSED");
  await refuses(dialled.write(bytes("x")), `write unix @->${path}: ${closed}`, "ERR_CLOSED");
  await refuses(dialled.closeWrite(), `close unix @->${path}: ${closed}`, "ERR_CLOSED");
  accepted.setDeadline(1);
  await refuses(accepted.read(new Uint8Array(1)), `read unix ${path}->@: i/o timeout`, "ERR_TIMEOUT");
  accepted.setDeadline(null);
  await refuses(writeOn(accepted), `write unix ${path}->@: write: broken pipe`, "EPIPE");
  accepted.close();
  listener.close();
  await refuses(listener.accept(), `accept unix ${path}: ${closed}`, "ERR_CLOSED");
});

async function writeOn(conn: unix.UnixConn): Promise<never> {
  for (;;) {
    await conn.write(new Uint8Array(1024));
    await new Promise(setImmediate);
  }
}
