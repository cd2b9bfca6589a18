import type { Idle } from "../results.js";
import { loadOf } from "./loads.js";
import type { ServerProcess } from "./server.js";
import type { Connect } from "./use-client.js";

/** How many connections are held, and how many are opened at once. */
const [conns, atOnce] = [100, 20] as const;

/** Measures how much the server's process grows for a connection that has had one message, and then idles. */
export async function measureIdle(connect: Connect, server: ServerProcess): Promise<Idle | null> {
  const { candidate, address, place, signal } = connect;
  if (candidate.hold === null) return null;
  const hold = candidate.hold ?? (() => holdClient(connect));
  const before = await server.memoryBytes();
  const held = await openAll(() => hold(address, place), signal);
  try {
    const after = await server.memoryBytes();
    return { conns, serverBytesPerConn: Math.max(0, Math.round((after - before) / conns)) };
  } finally {
    await closeAll(held);
  }
}

async function holdClient({ candidate, address, place }: Connect): Promise<AsyncDisposable> {
  const client = await candidate.connect(address, loadOf(64, 1), place);
  client.send(1);
  await client.receive();
  return client;
}

async function openAll(open: () => Promise<AsyncDisposable>, signal: AbortSignal): Promise<AsyncDisposable[]> {
  const held: AsyncDisposable[] = [];
  while (held.length < conns) {
    const opened = await Promise.allSettled(Array.from({ length: atOnce }, open));
    held.push(...opened.filter((each) => each.status === "fulfilled").map(({ value }) => value));
    const failed = opened.find((each) => each.status === "rejected");
    if (failed === undefined && !signal.aborted) continue;
    await closeAll(held);
    signal.throwIfAborted();
    throw failed?.reason;
  }
  return held;
}

async function closeAll(held: readonly AsyncDisposable[]): Promise<void> {
  await Promise.all(held.map((one) => one[Symbol.asyncDispose]()));
}
