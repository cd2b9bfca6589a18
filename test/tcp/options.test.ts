import { readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import * as tcp from "../../src/tcp/index.js";
import { closing } from "../support/closing.js";
import { leavesNoSocket, liveSockets } from "../support/handles.js";

leavesNoSocket();
const keep = closing();
afterEach(() => {
  vi.restoreAllMocks();
});

async function meet(
  dialOptions: tcp.TCPDialOptions = {},
  listenOptions: tcp.TCPListenOptions = {},
): Promise<[dialled: tcp.TCPConn, accepted: tcp.TCPConn]> {
  const listener = keep(await tcp.listen("127.0.0.1:0", listenOptions));
  const [dialled, accepted] = await Promise.all([tcp.dial(listener.addr, dialOptions), listener.accept()]);
  return [keep(dialled), keep(accepted)];
}

/** Notes what is said to the system about TCP_NODELAY. */
async function spyOnNoDelay(): Promise<boolean[]> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const conn = await tcp.dial(`127.0.0.1:${port}`);
  const { socket } = conn as unknown as { socket: Socket };
  const handle = (socket as unknown as { _handle: object })._handle;
  const prototype = Object.getPrototypeOf(handle) as { setNoDelay(on: boolean): number };
  const said: boolean[] = [];
  const { setNoDelay } = prototype;
  vi.spyOn(prototype, "setNoDelay").mockImplementation(function (this: typeof prototype, on) {
    said.push(on);
    return setNoDelay.call(this, on);
  });
  conn.close();
  server.close();
  return said;
}

describe("TCP_NODELAY", () => {
  test("is on from the start, at both ends, unless it is unwanted", async () => {
    const said = await spyOnNoDelay();
    await meet();
    expect(said).toEqual([true, true]);
    said.length = 0;
    await meet({ noDelay: false }, { noDelay: false });
    expect(said).toEqual([]);
  });

  test("is set and unset, at both ends", async () => {
    const said = await spyOnNoDelay();
    for (const conn of await meet()) {
      said.length = 0;
      conn.setNoDelay(false);
      conn.setNoDelay();
      conn.setNoDelay(false);
      conn.setNoDelay(true);
      expect(said).toEqual([false, true, false, true]);
    }
  });
});

describe.skipIf(process.platform !== "linux")("keep-alive (as Linux tells it)", () => {
  test("is on from the start, at both ends, after 15 s unless otherwise said", async () => {
    for (const conn of await meet()) expect(keepAliveOf(conn)).toBe(15);
    const [dialled, accepted] = await meet({ keepAlivePeriodMs: 40_000 }, { keepAlivePeriodMs: 50_000 });
    expect(keepAliveOf(dialled)).toBe(40);
    expect(keepAliveOf(accepted)).toBe(50);
  });

  test("can be off from the start", async () => {
    for (const conn of await meet({ keepAlive: false }, { keepAlive: false })) expect(keepAliveOf(conn)).toBe(null);
  });

  test("is turned off and on, at both ends", async () => {
    for (const conn of await meet()) {
      conn.setKeepAlive(false);
      expect(keepAliveOf(conn)).toBe(null);
      conn.setKeepAlive();
      expect(keepAliveOf(conn)).toBe(15);
    }
  });

  test("keeps the period that was asked for when it is turned off and on", async () => {
    for (const conn of await meet({ keepAlivePeriodMs: 40_000 }, { keepAlivePeriodMs: 40_000 })) {
      conn.setKeepAlive(false);
      conn.setKeepAlive(true);
      expect(keepAliveOf(conn)).toBe(40);
    }
  });

  test("takes its period in whole seconds, rounded up, as Go does; 0 is the default", async () => {
    for (const conn of await meet()) {
      for (const [ms, seconds] of [
        [60_000, 60],
        [20_001, 21],
        [100, 1],
        [0, 15],
      ] as const) {
        conn.setKeepAlivePeriod(ms);
        expect(keepAliveOf(conn)).toBe(seconds);
      }
    }
    const [dialled, accepted] = await meet({ keepAlivePeriodMs: 100 }, { keepAlivePeriodMs: 100 });
    expect(keepAliveOf(dialled)).toBe(1);
    expect(keepAliveOf(accepted)).toBe(1);
  });
});

/** Returns in how many seconds the system will probe a conn, rounded; `null` if it will not. */
function keepAliveOf({ localAddr, remoteAddr }: tcp.TCPConn): number | null {
  const hex = ({ port }: tcp.TCPAddr) => `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const line = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((text) => text.trim().split(/\s+/))
    .find(([, local, remote]) => local?.endsWith(hex(localAddr)) && remote?.endsWith(hex(remoteAddr)));
  const [kind, ticks = ""] = (line?.[5] ?? "").split(":");
  return kind === "02" ? Math.round(Number.parseInt(ticks, 16) / 100) : null;
}

describe("ref and unref", () => {
  test("of conns and listeners decide what keeps the process alive", async () => {
    const listener = keep(await tcp.listen("127.0.0.1:0"));
    const [dialled, accepted] = await Promise.all([tcp.dial(listener.addr), listener.accept()]);
    const all = [listener, keep(dialled), keep(accepted)];
    const before = liveSockets().length;
    for (const [i, each] of all.entries()) {
      each.unref();
      each.unref();
      expect(liveSockets().length).toBe(before - i - 1);
    }
    for (const [i, each] of all.entries()) {
      each.ref();
      expect(liveSockets().length).toBe(before - all.length + i + 1);
    }
    await accepted.write(new Uint8Array(3));
    expect(await dialled.read(new Uint8Array(8))).toBe(3);
  });
});
