import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import type { Addr } from "../../net/conn.js";
import type { ReplayConn } from "../replay-conn.js";

const readBytes = 65_536;

/**
 * Makes of a conn what Node's HTTP takes for a socket: a stream with addresses, and a timeout for when nothing happens.
 * The stream owns the conn: destroying it closes the conn.
 */
export class ConnDuplex extends Duplex {
  readonly #conn: ReplayConn;
  readonly #buffer = new Uint8Array(readBytes);
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(conn: ReplayConn) {
    super({ allowHalfOpen: true });
    this.#conn = conn;
  }

  /** Our end, where the conn knows it. */
  get localAddr(): Addr | null {
    return this.#conn.localAddr;
  }
  /** The peer's end, where the conn knows it. */
  get remoteAddr(): Addr | null {
    return this.#conn.remoteAddr;
  }

  // What a socket of Node's is asked for.
  get localAddress(): string | undefined {
    return partsOf(this.localAddr).hostname;
  }
  get localPort(): number | undefined {
    return partsOf(this.localAddr).port;
  }
  get remoteAddress(): string | undefined {
    return partsOf(this.remoteAddr).hostname;
  }
  get remotePort(): number | undefined {
    return partsOf(this.remoteAddr).port;
  }

  /** Emits 'timeout' when nothing was read or written for so long; 0 for never. */
  setTimeout(ms: number, onTimeout?: () => void): this {
    clearTimeout(this.#idle);
    this.#idle = ms > 0 && !this.destroyed ? setTimeout(() => this.emit("timeout"), ms) : undefined;
    if (onTimeout !== undefined) this.once("timeout", onTimeout);
    return this;
  }

  override _read(): void {
    this.#conn.read(this.#buffer).then(
      (n) => {
        this.#idle?.refresh();
        this.push(n === null ? null : Buffer.from(this.#buffer.subarray(0, n))); // a copy: the stream keeps it
      },
      (err: Error) => this.destroy(err),
    );
  }

  override _write(chunk: Uint8Array, _: BufferEncoding, done: (err?: Error | null) => void): void {
    this.#conn.write(chunk).then(() => {
      this.#idle?.refresh();
      done();
    }, done);
  }

  override _final(done: (err?: Error | null) => void): void {
    this.#conn.closeWrite().then(() => done(), done);
  }

  override _destroy(err: Error | null, done: (err?: Error | null) => void): void {
    clearTimeout(this.#idle);
    this.#conn.close();
    done(err);
  }
}

/** What the addresses of TCP have. */
function partsOf(addr: Addr | null): { hostname: string | undefined; port: number | undefined } {
  const { hostname, port } = (addr ?? {}) as { hostname?: string; port?: number };
  return { hostname, port };
}
