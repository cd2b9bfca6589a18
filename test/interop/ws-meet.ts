// What the tests that meet other WebSocket libraries share.
import * as ws from "toolkit/ws";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { sameBytes } from "../support/bytes.js";
import { outcomeOf, Program } from "../support/programs.js";

export const sizes: readonly number[] = [0, 1, 125, 126, 127, 4096, 65_535, 65_536, 1 << 20];

type Compression = Exclude<ws.DialOptions["enableCompression"], boolean | undefined>;

/** Every message compressed by itself. */
export const compressed = { enableCompression: { thresholdBytes: 0 } };
/** Every message compressed, with what came before in mind. */
export const kept = { enableCompression: { thresholdBytes: 0, contextTakeover: true } };
/** The same, within windows of so many bits. */
export function windows(bits: number): { enableCompression: Compression } {
  return { enableCompression: { ...kept.enableCompression, windowBits: bits, peerWindowBits: bits } };
}

/** Text of so many bytes, which compresses well. */
export const text = (n: number) => "é".repeat(n >> 1) + "x".repeat(n & 1);
/** Bytes that compress well. */
function binary(n: number): Uint8Array {
  const data = new Uint8Array(n);
  for (let i = 0; i < n; i++) data[i] = i / 7;
  return data;
}

/** Sends back what comes, up to the peer's close. */
export async function echo(conn: ws.Conn): Promise<void> {
  for await (const { type, data } of conn) await conn.writeMessage(type, data);
}

/** Sends messages of every size and requires them back, of both kinds, and closes. */
export async function exchange(conn: ws.Conn): Promise<void> {
  for (const n of sizes) {
    const [words, data] = [text(n), binary(n)];
    await conn.writeMessage(ws.TextMessage, words);
    const back = await conn.readMessage();
    expect(back.type).toBe(ws.TextMessage);
    expect(back.text() === words).toBe(true);
    await conn.writeMessage(ws.BinaryMessage, data);
    const again = await conn.readMessage();
    expect(again.type).toBe(ws.BinaryMessage);
    sameBytes(again.data, data);
  }
  conn.close();
  await conn.closed;
}

/**
 * Lets a client in a process of its own, `command` with our URL for `URL`, meet a conn of ours, for which `behave` cares.
 * Resolves to what the client reports.
 */
export async function meetClient<T>(
  command: readonly string[],
  behave: (conn: ws.Conn) => Promise<unknown>,
  options: ws.ListenOptions = {},
): Promise<T> {
  const listener = await ws.listen("127.0.0.1:0", options);
  onTestFinished(() => listener.close());
  const words = command.map((word) => (word === "URL" ? listener.addr.toString() : word));
  const outcome = outcomeOf<T>(...words);
  const conn = await Promise.race([listener.accept(), outcome]);
  if (!(typeof conn === "object" && conn !== null && "readMessage" in conn)) return outcome; // it has not come
  await behave(conn);
  await conn.closed;
  return outcome;
}

/** Starts a server for a group of tests. */
export function serving(command: readonly string[]): () => Program {
  let server: Program;
  beforeAll(async () => {
    server = await Program.start(...command);
  });
  afterAll(() => server.stop());
  return () => server;
}
