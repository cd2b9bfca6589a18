import type { FrameError } from "../../src/ws/errors.js";
import { type FrameHandler, FrameReader } from "../../src/ws/frame-reader.js";

/** Reads hex, with spaces as you like. */
export function hex(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array((text.match(/[0-9a-f]{2}/g) ?? []).map((byte) => Number.parseInt(byte, 16)));
}

/** Makes a frame by hand. */
export function frame(first: number, payload: Uint8Array | string = "", masked = true): Uint8Array<ArrayBuffer> {
  const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const n = bytes.byteLength;
  const length =
    n < 126
      ? [n]
      : n < 65_536
        ? [126, n >> 8, n & 0xff]
        : [127, 0, 0, 0, 0, n >>> 24, (n >> 16) & 0xff, (n >> 8) & 0xff, n & 0xff];
  if (!masked) return join([new Uint8Array([first, ...length]), bytes]);
  const key = [0x37, 0xfa, 0x21, 0x3d];
  length[0] = (length[0] as number) | 0x80;
  return join([new Uint8Array([first, ...length, ...key]), bytes.map((byte, i) => byte ^ (key[i & 3] as number))]);
}

/** Joins bytes. */
export function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}

/** What a reader told, with pieces of payload joined. */
export interface Told {
  opcode: number;
  fin: boolean;
  payload: Uint8Array;
}

/** Keeps what a {@link FrameReader} tells, however its input was cut. */
export class Recorder implements FrameHandler {
  readonly told: Told[] = [];
  error: FrameError | null = null;
  #fin = false;
  #opcode = 0;
  #length = 0;
  #parts: Uint8Array[] = [];

  message(opcode: number, bytes: Uint8Array, from: number, n: number, key: number): void {
    const payload = new Uint8Array(bytes.subarray(from, from + n)).map((byte, i) => byte ^ (key >>> ((i & 3) * 8)));
    this.told.push({ opcode, fin: true, payload });
  }
  frame(opcode: number, fin: boolean, length: number): void {
    this.#opcode = opcode;
    this.#fin = fin;
    this.#length = length;
    this.#parts = [];
  }
  payload(bytes: Uint8Array, from: number, to: number, last: boolean): void {
    this.#parts.push(new Uint8Array(bytes.subarray(from, to)));
    if (!last) return;
    const payload = join(this.#parts);
    if (payload.byteLength !== this.#length) throw new Error(`${payload.byteLength} bytes, ${this.#length} announced`);
    this.told.push({ opcode: this.#opcode, fin: this.#fin, payload });
  }
  control(opcode: number, bytes: Uint8Array, from: number, to: number): void {
    this.told.push({ opcode, fin: true, payload: new Uint8Array(bytes.subarray(from, to)) });
  }
  fail(error: FrameError): void {
    if (this.error !== null) throw new Error("failed twice");
    this.error = error;
  }
}

/** Reads frames that come in chunks of a given size. */
export function readFrames(bytes: Uint8Array, options: { masked: boolean; max?: number; chunk?: number }): Recorder {
  const recorder = new Recorder();
  const reader = new FrameReader(
    { masked: options.masked, maxMessageBytes: options.max ?? Number.POSITIVE_INFINITY },
    recorder,
  );
  const chunk = options.chunk ?? Math.max(bytes.byteLength, 1);
  for (let at = 0; at < bytes.byteLength; at += chunk) reader.push(bytes.slice(at, at + chunk));
  return recorder;
}
