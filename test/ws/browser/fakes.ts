import { afterAll, beforeAll, vi } from "vitest";
import { WebSocket as NpmWebSocket, type RawData } from "ws";
import type { CloseInfo, WebSocketStreamParts } from "../../../src/ws/browser/web-socket-stream.js";

/** As browsers, which check both before anything else. */
function checkClose(code: number | undefined, reason: string): void {
  if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
    throw new DOMException(`The close code must be 1000, or between 3000 and 4999: ${code}`, "InvalidAccessError");
  }
  if (Buffer.byteLength(reason) > 123) throw new DOMException("The close reason is too long", "SyntaxError");
}

/** Every fake that is open. */
const open = new Set<NpmWebSocket>();

function connect(url: string, protocols: string[]): NpmWebSocket {
  const ws = new NpmWebSocket(url, protocols, { perMessageDeflate: false });
  open.add(ws);
  ws.on("close", () => open.delete(ws));
  return ws;
}

/** Behaves as a browser's WebSocket does, on npm ws: copies what it sends, and hears nothing once it is closing. */
class FakeWebSocket extends EventTarget {
  static readonly OPEN = 1;
  binaryType = "blob";
  readonly #ws: NpmWebSocket;

  constructor(url: string | URL, protocols: string[] = []) {
    super();
    this.#ws = connect(String(url), protocols);
    this.#ws.on("open", () => this.dispatchEvent(new Event("open")));
    this.#ws.on("error", () => this.dispatchEvent(new Event("error")));
    this.#ws.on("message", (data: RawData, isBinary: boolean) => this.#tell(data as Buffer, isBinary));
    this.#ws.on("close", (code, reason) =>
      this.dispatchEvent(Object.assign(new Event("close"), { code, reason: String(reason), wasClean: code !== 1006 })),
    );
  }

  get protocol(): string {
    return this.#ws.protocol;
  }
  get extensions(): string {
    return this.#ws.extensions;
  }
  get bufferedAmount(): number {
    return this.#ws.bufferedAmount;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.#ws.readyState === NpmWebSocket.CONNECTING) throw new DOMException("connecting", "InvalidStateError");
    if (this.#ws.readyState !== NpmWebSocket.OPEN) return;
    this.#ws.send(typeof data === "string" ? data : Buffer.from(data));
  }

  close(code?: number, reason = ""): void {
    checkClose(code, reason);
    this.#ws.close(code, reason);
  }

  #tell(data: Buffer, isBinary: boolean): void {
    if (this.#ws.readyState !== NpmWebSocket.OPEN) return;
    const bytes = new Uint8Array(data).buffer;
    this.dispatchEvent(new MessageEvent("message", { data: isBinary ? bytes : data.toString() }));
  }
}

/** How much a stream takes from the network before it is read. */
const pipeBytes = 65_536;

/**
 * Behaves as Chromium's WebSocketStream does, on npm ws: the peer waits while nobody reads, what is unread when the peer
 * closes is dropped, and so is what is not sent when we close.
 */
class FakeWebSocketStream {
  readonly opened: Promise<WebSocketStreamParts>;
  readonly closed: Promise<CloseInfo>;
  readonly #ws: NpmWebSocket;
  #unread: (string | ArrayBuffer)[] = [];
  #unreadBytes = 0;
  #wanted: (() => void) | null = null;
  #isOver = false;

  constructor(url: string, { protocols = [], signal }: { protocols?: string[]; signal?: AbortSignal } = {}) {
    const ws = connect(url, protocols);
    this.#ws = ws;
    signal?.addEventListener("abort", () => ws.readyState === NpmWebSocket.CONNECTING && ws.terminate());
    const unclean = (closeCode: number | null) =>
      Object.assign(new Error("WebSocket was not cleanly closed."), { name: "WebSocketError", closeCode, reason: "" });
    this.closed = new Promise((resolve, reject) => {
      ws.on("close", (closeCode, reason) =>
        closeCode === 1006 ? reject(unclean(1006)) : resolve({ closeCode, reason: String(reason) }),
      );
    });
    this.closed.catch(() => {});
    this.opened = new Promise((resolve, reject) => {
      ws.on("open", () => resolve({ ...this.#streams(), protocol: ws.protocol, extensions: ws.extensions }));
      ws.on("error", () => reject(unclean(null)));
      ws.on("close", () => reject(unclean(null)));
    });
  }

  close({ closeCode, reason = "" }: { closeCode?: number; reason?: string } = {}): void {
    checkClose(closeCode, reason);
    this.#isOver = true;
    this.#ws.resume();
    this.#ws.close(closeCode, reason);
  }

  #streams(): Pick<WebSocketStreamParts, "readable" | "writable"> {
    const ws = this.#ws;
    ws.on("message", (data: RawData, isBinary: boolean) => {
      const bytes = new Uint8Array(data as Buffer).buffer;
      this.#unread.push(isBinary ? bytes : (data as Buffer).toString());
      this.#unreadBytes += bytes.byteLength;
      if (this.#unreadBytes >= pipeBytes) ws.pause();
      this.#wanted?.();
    });
    const readable = new ReadableStream<string | ArrayBuffer>(
      {
        start: (controller) => {
          ws.on("close", (code) => (code === 1006 ? controller.error(new Error("1006")) : this.#endReads(controller)));
        },
        pull: (controller) => this.#pull(controller),
      },
      { highWaterMark: 0 },
    );
    const writable = new WritableStream<string | Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        ws.on("close", () => controller.error(new Error("closed")));
      },
      write: (chunk) =>
        this.#isOver
          ? undefined
          : new Promise((resolve, reject) => ws.send(chunk, (err) => (err == null ? resolve() : reject(err)))),
      close: () => ws.close(),
    });
    return { readable, writable };
  }

  #endReads(controller: ReadableStreamDefaultController<string | ArrayBuffer>): void {
    try {
      controller.close();
    } catch {
      // It was cancelled.
    }
    this.#wanted?.();
  }

  async #pull(controller: ReadableStreamDefaultController<string | ArrayBuffer>): Promise<void> {
    if (this.#unread.length === 0) await new Promise<void>((resolve) => (this.#wanted = resolve));
    this.#wanted = null;
    const next = this.#unread.shift();
    if (next === undefined || this.#ws.readyState === NpmWebSocket.CLOSED) return; // what is left is dropped
    this.#unreadBytes -= typeof next === "string" ? next.length : next.byteLength;
    controller.enqueue(next);
    if (this.#unreadBytes < pipeBytes) this.#ws.resume();
  }
}

/** Which of a browser's sockets a test runs on. */
export type Kind = "plain" | "stream";

/** Lets the tests of a file run as in a browser; what they leave open is cut after the last one. */
export function asInBrowser(): void {
  beforeAll(() => {
    vi.stubGlobal("WebSocket", FakeWebSocket);
    vi.stubGlobal("WebSocketStream", FakeWebSocketStream);
  });
  afterAll(() => {
    for (const ws of open) ws.terminate();
    vi.unstubAllGlobals();
  });
}
