import type { Readable } from "node:stream";
import { UsageError } from "./usage-error.js";

/** The most that is read of what has to be there as a whole, and of a line: 32 MiB. */
const maxInputBytes = 33_554_432;

/**
 * Gives what a stream has, and closes it in the end.
 * @throws the signal's reason, when it aborts
 */
export async function* chunksOf(stream: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const stop = () => void stream.destroy();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    for await (const chunk of stream) yield typeof chunk === "string" ? Buffer.from(chunk) : (chunk as Uint8Array);
  } catch (err) {
    signal.throwIfAborted();
    throw err;
  } finally {
    signal.removeEventListener("abort", stop);
  }
  signal.throwIfAborted();
}

/**
 * Reads all of a stream that is not longer than `maxBytes`.
 * @throws {UsageError} for one that is
 */
export async function readAll(stream: Readable, signal: AbortSignal, maxBytes = maxInputBytes): Promise<Uint8Array> {
  const { bytes, isCut } = await readUpTo(stream, signal, maxBytes);
  if (isCut) throw new UsageError(`stdin has more than ${maxBytes} bytes`);
  return bytes;
}

/** Reads a stream up to `maxBytes`, and tells whether there is more. */
export async function readUpTo(
  stream: Readable,
  signal: AbortSignal,
  maxBytes: number,
): Promise<{ bytes: Uint8Array; isCut: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(stream, signal)) {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length > maxBytes) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), isCut: length > maxBytes };
}

/**
 * Gives the lines of a stream without their ends; the last one needs none.
 * @throws {UsageError} for a line of more than `maxBytes`
 */
export async function* linesOf(
  stream: Readable,
  signal: AbortSignal,
  maxBytes = maxInputBytes,
): AsyncGenerator<string, void> {
  const line = new Line(maxBytes);
  for await (const chunk of chunksOf(stream, signal)) {
    let at = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, at)) {
      line.push(chunk.subarray(at, end));
      yield line.take();
      at = end + 1;
    }
    line.push(chunk.subarray(at));
  }
  if (!line.isEmpty) yield line.take();
}

/** Gathers a line. */
class Line {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  push(piece: Uint8Array): void {
    if (piece.byteLength === 0) return;
    this.#length += piece.byteLength;
    if (this.#length > this.#maxBytes) throw new UsageError(`A line of stdin has more than ${this.#maxBytes} bytes`);
    this.#pieces.push(piece);
  }

  take(): string {
    const text = Buffer.concat(this.#pieces).toString().replace(/\r$/, "");
    this.#pieces = [];
    this.#length = 0;
    return text;
  }
}
