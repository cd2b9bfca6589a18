import type { Bytes } from "../net/conn.js";
import { isClosed, isTimeout } from "../net/errors.js";
import { pause } from "./time.js";

/** Requires `condition` to hold; `message` says what was expected and what came. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Requires `got` to be `want`. */
export function equal(got: unknown, want: unknown, what: string): void {
  check(Object.is(got, want), `${what}: got ${show(got)}, want ${show(want)}`);
}

/** Requires the same bytes. */
export function equalBytes(got: Bytes, want: Bytes, what: string): void {
  equal(got.byteLength, want.byteLength, `${what}: length`);
  const at = got.findIndex((byte, i) => byte !== want[i]);
  if (at >= 0) equal(got[at], want[at], `${what}: byte ${at} of ${want.byteLength}`);
}

/** Requires every byte of `p` to be `byte`. */
export function allBytes(p: Bytes, byte: number, what: string): void {
  const at = p.findIndex((b) => b !== byte);
  if (at >= 0) equal(p[at], byte, `${what}: byte ${at}`);
}

/** Tells how an operation ended. */
export type Outcome<T> = { value: T } | { error: unknown };

/** Waits until `op` has ended, either way. */
export async function settle<T>(op: Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await op };
  } catch (error) {
    return { error };
  }
}

/** Requires `op` to reject, and resolves to what it rejected with. */
export async function rejects(op: Promise<unknown>, what: string): Promise<unknown> {
  const outcome = await settle(op);
  if ("error" in outcome) return outcome.error;
  throw new Error(`${what}: resolved to ${show(outcome.value)}, want a rejection`);
}

/** Requires `op` to reject because a deadline passed, and resolves to its error. */
export async function timesOut(op: Promise<unknown>, what: string): Promise<unknown> {
  const err = await rejects(op, what);
  isTimeoutError(err, what);
  return err;
}

/** Requires `err` to say that a deadline passed, and nothing else. */
export function isTimeoutError(err: unknown, what: string): void {
  check(isTimeout(err) && !isClosed(err), `${what}: got ${show(err)}, want a timeout`);
  equal((err as { timeout?: unknown }).timeout, true, `${what}: timeout of ${show(err)}`);
}

/** Requires `op` to reject because this side is closed. */
export async function closes(op: Promise<unknown>, what: string): Promise<void> {
  const err = await rejects(op, what);
  check(isClosed(err), `${what}: got ${show(err)}, want an error of which isClosed is true`);
}

/** Requires `op` to reject with `reason` itself. */
export async function rejectsWith(op: Promise<unknown>, reason: unknown, what: string): Promise<void> {
  equal(await rejects(op, what), reason, `${what}: rejection`);
}

/** Requires `op` not to settle for a moment in which a fast one would. */
export async function staysPending(op: Promise<unknown>, what: string, ms = 20): Promise<void> {
  const outcome = await Promise.race([settle(op), pause(ms)]);
  if (outcome === undefined) return;
  const how = "value" in outcome ? `resolved to ${show(outcome.value)}` : `rejected with ${show(outcome.error)}`;
  throw new Error(`${what}: ${how}, want it to stay pending`);
}

/** Returns how much of a failed write went out, which its error must say. */
export function bytesWrittenOf(err: unknown, what: string): number {
  const { bytesWritten } = err as { bytesWritten?: unknown };
  check(typeof bytesWritten === "number", `${what}: bytesWritten of ${show(err)}: got none, want a number`);
  return bytesWritten;
}

function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
