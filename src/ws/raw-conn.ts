import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Addr, Conn } from "../net/conn.js";
import { NetError } from "../net/errors.js";
import { TCPAddr, tcpAddrOf } from "../net/socket/tcp-addr.js";
import { readableView, writableView } from "../net/views.js";

/**
 * Shows the conn under a WebSocket: its addresses, its end. To read from it or to write to it would break the frames, so
 * that is refused.
 */
export class RawConn implements Conn {
  readonly localAddr: Addr;
  readonly remoteAddr: Addr;
  readonly #socket: Duplex;

  constructor(socket: Duplex) {
    this.#socket = socket;
    const { localAddress, localPort, remoteAddress, remotePort } = socket as Partial<Socket>;
    this.localAddr = tcpAddrOf(localAddress, localPort) ?? new TCPAddr();
    this.remoteAddr = tcpAddrOf(remoteAddress, remotePort) ?? new TCPAddr();
  }

  read(): Promise<number | null> {
    return Promise.reject(refusal("read from"));
  }
  write(): Promise<number> {
    return Promise.reject(refusal("write to"));
  }
  closeWrite(): Promise<void> {
    return Promise.reject(refusal("end"));
  }
  close(): void {
    this.#socket.destroy();
  }
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return readableView(this);
  }
  get writable(): WritableStream<Uint8Array> {
    return writableView(this);
  }
  ref(): void {
    if (this.#socket instanceof Socket) this.#socket.ref();
  }
  unref(): void {
    if (this.#socket instanceof Socket) this.#socket.unref();
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

function refusal(verb: string): NetError {
  return new NetError(`Cannot ${verb} the conn under a WebSocket`, { code: "ERR_NOT_SUPPORTED" });
}
