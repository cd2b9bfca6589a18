import type { Bytes } from "../../net/conn.js";
import { CloseAbnormalClosure, CloseNoStatusReceived } from "../constants.js";
import { maxCopyBytes, type Transport, type TransportEvents, unshared } from "./transport.js";
import type { CloseInfo, WebSocketStream, WebSocketStreamParts } from "./web-socket-stream.js";

/**
 * Speaks through the browser's `WebSocketStream`, which makes the peer wait while we do not read, and tells when it has
 * sent something.
 *
 * Chromium drops what was not read yet when the peer closes. So it is read as it comes, into the inbox; only while the
 * transport is paused messages can be lost, and then the end says so.
 */
export class StreamTransport implements Transport {
  readonly copies = false;
  readonly protocol: string;
  readonly extensions: string;
  readonly #stream: WebSocketStream;
  readonly #reader: ReadableStreamDefaultReader<string | ArrayBuffer | Uint8Array<ArrayBuffer>>;
  readonly #writer: WritableStreamDefaultWriter<string | Uint8Array<ArrayBuffer>>;
  #events: TransportEvents | null = null;
  #unsent = 0;
  #resume: (() => void) | null = null;
  #isPaused = false;
  #isOver = false;
  #isLossy = false;
  #close: (() => void) | null = null;

  constructor(stream: WebSocketStream, parts: WebSocketStreamParts) {
    this.protocol = parts.protocol;
    this.extensions = parts.extensions;
    this.#stream = stream;
    this.#reader = parts.readable.getReader();
    this.#writer = parts.writable.getWriter();
    this.#writer.closed.catch(() => {}); // `closed` of the stream says it all
    this.#reader.closed.catch(() => {});
  }

  get unsent(): number {
    return this.#unsent;
  }

  start(events: TransportEvents): void {
    this.#events = events;
    const end = this.#stream.closed.then(
      (info) => this.#onClosed(info),
      (err: CloseInfo) =>
        this.#onClosed({ closeCode: err.closeCode ?? CloseAbnormalClosure, reason: err.reason ?? "" }),
    );
    void this.#readAll().then(async () => {
      const { closeCode, reason } = await end;
      const told = this.#events;
      this.#events = null;
      told?.closed({ code: closeCode ?? CloseNoStatusReceived, reason: reason ?? "", isLossy: this.#isLossy });
    });
  }

  send(data: string | Bytes): void {
    const size = typeof data === "string" ? data.length : data.byteLength;
    this.#unsent += size;
    const kept = typeof data === "string" ? data : size <= maxCopyBytes ? new Uint8Array(data) : unshared(data);
    this.#writer.write(kept).then(
      () => this.#onSent(size),
      () => {}, // `closed` says why
    );
  }

  watch(): void {}
  unwatch(): void {}

  pause(): boolean {
    this.#isPaused = !this.#isOver;
    return this.#isPaused;
  }

  resume(): void {
    this.#isPaused = false;
    this.#resume?.();
    this.#resume = null;
  }

  close(code: number | undefined, reason: string): void {
    if (this.#close !== null) return;
    this.#close = () => this.#stream.close(code === undefined ? {} : { closeCode: code, reason });
    if (this.#unsent === 0) this.#close(); // what is under way would be dropped
  }

  release(): void {
    this.#events = null;
    this.resume();
    this.#stream.close();
  }

  #onSent(size: number): void {
    this.#unsent -= size;
    this.#events?.drained();
    if (this.#unsent === 0) this.#close?.();
  }

  /** The end of the socket; nothing more comes to the reader than it has at hand. */
  #onClosed(info: CloseInfo): CloseInfo {
    this.#isOver = true;
    this.#isLossy = this.#isPaused;
    this.resume();
    return info;
  }

  async #readAll(): Promise<void> {
    try {
      for (let next = await this.#reader.read(); !next.done; next = await this.#reader.read()) {
        const { value } = next;
        this.#events?.message(value instanceof ArrayBuffer ? new Uint8Array(value) : value);
        if (this.#isPaused) await new Promise<void>((resolve) => (this.#resume = resolve));
      }
    } catch {
      // `closed` says why.
    }
  }
}
