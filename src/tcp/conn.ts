import type { Socket } from "node:net";
import { ClosedError, NetError } from "../net/errors.js";
import { keepAlivePeriod } from "../net/socket/connect.js";
import type { Receiver } from "../net/socket/receiver.js";
import { SocketConn, type SocketConnParts } from "../net/socket/socket-conn.js";
import { type TCPAddr, tcpAddrOf } from "../net/socket/tcp-addr.js";
import type { TCPConn } from "./options.js";

/** Makes a {@link TCPConn} of a connected socket; `null` if the peer has gone already. */
export function tcpConn(
  net: string,
  socket: Socket,
  receiver: Receiver | undefined,
  keepAlivePeriodMs: number | undefined,
): TCPConn | null {
  const localAddr = tcpAddrOf(socket.localAddress, socket.localPort);
  const remoteAddr = tcpAddrOf(socket.remoteAddress, socket.remotePort);
  if (localAddr === null || remoteAddr === null) return null;
  return new TCPSocketConn({ socket, net, localAddr, remoteAddr, receiver }, keepAlivePeriodMs);
}

class TCPSocketConn extends SocketConn<TCPAddr> implements TCPConn {
  #keepAlivePeriodMs: number;
  #resets = false;

  constructor(parts: SocketConnParts<TCPAddr>, keepAlivePeriodMs: number | undefined) {
    super(parts);
    this.#keepAlivePeriodMs = keepAlivePeriod(keepAlivePeriodMs);
  }

  closeRead(): void {
    this.#check("close");
    this.endReads();
  }

  setNoDelay(on = true): void {
    this.#check();
    this.socket.setNoDelay(on);
  }

  setKeepAlive(on = true): void {
    this.#check();
    this.socket.setKeepAlive(on, this.#keepAlivePeriodMs);
  }

  setKeepAlivePeriod(ms: number): void {
    this.#keepAlivePeriodMs = keepAlivePeriod(ms);
    this.setKeepAlive(true);
  }

  setLinger(seconds: number): void {
    this.#check();
    if (seconds > 0) {
      const cause = new NetError("setsockopt: lingering close is not supported by Node", { code: "ERR_NOT_SUPPORTED" });
      throw this.opError("set", cause);
    }
    this.#resets = seconds === 0;
  }

  protected override destroy(): void {
    if (this.#resets) this.socket.resetAndDestroy();
    else super.destroy();
  }

  #check(op: "set" | "close" = "set"): void {
    if (this.isClosed) throw this.opError(op, new ClosedError());
  }
}
