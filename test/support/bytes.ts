import { expect } from "vitest";
import type { Reader } from "../../src/net/conn.js";
import { readAll } from "../../src/net/io.js";

/** Turns text into bytes. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Reads once and returns what came as text; `null` at the end. */
export async function readText(r: Reader): Promise<string | null> {
  const p = new Uint8Array(65_536);
  const n = await r.read(p);
  return n === null ? null : new TextDecoder().decode(p.subarray(0, n));
}

/** Reads to the end and returns all as text. */
export async function readAllText(r: Reader): Promise<string> {
  return new TextDecoder().decode(await readAll(r));
}

/** Makes bytes of which every run of four tells where it is. */
export function sequence(length: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, 0x9e3779b1);
  return new Uint8Array(words.buffer, 0, length);
}

/** Requires the same bytes, without printing megabytes where they differ. */
export function sameBytes(got: Uint8Array, want: Uint8Array): void {
  expect(got.byteLength).toBe(want.byteLength);
  expect(Buffer.compare(got, want)).toBe(0);
}

/** Returns what a promise rejects with. */
export async function reasonOf(work: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await work;
  } catch (reason) {
    return reason;
  }
  throw new Error(`resolved to ${String(value)}, want a rejection`);
}
