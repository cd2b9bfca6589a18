import type { Socket } from "node:net";
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
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>> = readableView(this);
  readonly writable: WritableStream<Uint8Array> = writableView(this);
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.localAddr = tcpAddrOf(socket.localAddress, socket.localPort) ?? new TCPAddr();
    this.remoteAddr = tcpAddrOf(socket.remoteAddress, socket.remotePort) ?? new TCPAddr();
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
  ref(): void {
    this.#socket.ref();
  }
  unref(): void {
    this.#socket.unref();
  }
  [Symbol.dispose](): void {
    this.close();
  }
}

function refusal(verb: string): NetError {
  return new NetError(`Cannot ${verb} the conn under a WebSocket`, { code: "ERR_NOT_SUPPORTED" });
}
