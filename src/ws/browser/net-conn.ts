import type { Conn } from "../../net/conn.js";
import { readableView, writableView } from "../../net/views.js";
import type { WSAddr } from "../addr.js";
import { NotSupportedError } from "../not-supported-error.js";

/** Stands for the conn under a WebSocket, which a browser shows to nobody: it has addresses, and can be closed. */
export class HiddenConn implements Conn {
  readonly localAddr: WSAddr;
  readonly remoteAddr: WSAddr;
  readonly #close: () => void;

  constructor(conn: Pick<Conn<WSAddr>, "localAddr" | "remoteAddr"> & { closeNow(): void }) {
    this.localAddr = conn.localAddr;
    this.remoteAddr = conn.remoteAddr;
    this.#close = () => conn.closeNow();
  }

  read(): Promise<number | null> {
    return Promise.reject(hidden());
  }
  write(): Promise<number> {
    return Promise.reject(hidden());
  }
  closeWrite(): Promise<void> {
    return Promise.reject(hidden());
  }
  close(): void {
    this.#close();
  }
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return readableView(this);
  }
  get writable(): WritableStream<Uint8Array> {
    return writableView(this);
  }
  ref(): void {}
  unref(): void {}
  [Symbol.dispose](): void {
    this.close();
  }
}

function hidden(): NotSupportedError {
  return new NotSupportedError("the conn under a WebSocket");
}
