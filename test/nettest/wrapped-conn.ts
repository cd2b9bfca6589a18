import type { Addr, Bytes, OpOptions, StreamConn } from "../../src/net/conn.js";
import { readableView, writableView } from "../../src/net/views.js";

/** Does what another conn does: the ground for conns that differ from a good one in a single point. */
export class WrappedConn implements StreamConn {
  readonly conn: StreamConn;
  readonly closed: Promise<void>;
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>> = readableView(this);
  readonly writable: WritableStream<Uint8Array> = writableView(this);

  constructor(conn: StreamConn) {
    this.conn = conn;
    this.closed = conn.closed;
  }
  get localAddr(): Addr {
    return this.conn.localAddr;
  }
  get remoteAddr(): Addr {
    return this.conn.remoteAddr;
  }
  read(p: Bytes, options?: OpOptions): Promise<number | null> {
    return this.conn.read(p, options);
  }
  write(p: Bytes, options?: OpOptions): Promise<number> {
    return this.conn.write(p, options);
  }
  closeWrite(): Promise<void> {
    return this.conn.closeWrite();
  }
  close(): void {
    this.conn.close();
  }
  setDeadline(t: Date | number | null): void {
    this.setReadDeadline(t);
    this.setWriteDeadline(t);
  }
  setReadDeadline(t: Date | number | null): void {
    this.conn.setReadDeadline(t);
  }
  setWriteDeadline(t: Date | number | null): void {
    this.conn.setWriteDeadline(t);
  }
  ref(): void {}
  unref(): void {}
  [Symbol.dispose](): void {
    this.close();
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed;
  }
}

/** Answers the peer's end with its own, as a WebSocket does: there is no half-close. */
export class AnswersTheEnd extends WrappedConn {
  override async read(p: Bytes, options?: OpOptions): Promise<number | null> {
    const n = await super.read(p, options);
    if (n === null) await super.closeWrite();
    return n;
  }
}
