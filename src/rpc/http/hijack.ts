import type { ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { Addr, Bytes } from "../../net/conn.js";
import { SocketConn } from "../../net/socket/socket-conn.js";
import { TCPAddr, tcpAddrOf } from "../../net/socket/tcp-addr.js";
import { ReplayConn } from "../replay-conn.js";

/** How long the good-bye of a connection may take, in ms. */
const goodByeMs = 5000;
/** How long a client that was refused may go on sending, in ms, before its connection is cut. */
const lingerMs = 1000;

/**
 * Makes a conn of a connection that Node's HTTP has let go, in its 'connect' event; `head` is what came behind the
 * request.
 * @see Go's http.Hijacker
 */
export function hijack(socket: Duplex, head: Bytes): ReplayConn {
  socket.allowHalfOpen = true;
  if (socket instanceof Socket) socket.setTimeout(0).setNoDelay(true);
  return new ReplayConn(new HijackedConn(socket), new Uint8Array(head));
}

class HijackedConn extends SocketConn<Addr> {
  readonly #stream: Duplex;

  constructor(socket: Duplex) {
    super({ socket: socket as Socket, ...addrsOf(socket) }); // of what makes a socket it uses a stream's part alone
    this.#stream = socket;
  }

  /** Says good-bye first where that is TLS's way, and cuts the connection else. */
  protected override destroy(): void {
    const socket = this.#stream;
    if (!(socket instanceof TLSSocket) || socket.destroyed) return void socket.destroy();
    const timer = setTimeout(() => socket.destroy(), goodByeMs).unref();
    socket.once("close", () => clearTimeout(timer));
    socket.destroySoon();
  }
}

/** What a stream may know of its ends: as a socket does, or as our own streams do. */
interface Located extends Partial<Pick<Socket, "localAddress" | "localPort" | "remoteAddress" | "remotePort">> {
  readonly localAddr?: Addr | null;
  readonly remoteAddr?: Addr | null;
}

function addrsOf(socket: Duplex): { net: string; localAddr: Addr; remoteAddr: Addr } {
  const { localAddr, localAddress, localPort, remoteAddr, remoteAddress, remotePort } = socket as Located;
  const local = localAddr ?? tcpAddrOf(localAddress, localPort) ?? new TCPAddr();
  const remote = remoteAddr ?? tcpAddrOf(remoteAddress, remotePort) ?? new TCPAddr();
  return { net: socket instanceof TLSSocket ? "tls" : local.transport, localAddr: local, remoteAddr: remote };
}

/**
 * Calls `run` when no earlier request of the connection waits for its answer any more: at once as a rule, later for a
 * client that has sent several, never when the connection ends before.
 */
export function afterEarlier(socket: Duplex, run: () => void): void {
  const earlier = Reflect.get(socket, "_httpMessage") as ServerResponse | null | undefined;
  if (socket.destroyed) return;
  if (earlier === null || earlier === undefined) return run();
  const onDrain = () => void earlier.emit("drain"); // which Node has ceased to do
  const onError = () => {}; // 'close' follows
  socket.on("drain", onDrain).on("error", onError);
  earlier.once("close", () => {
    socket.off("drain", onDrain);
    afterEarlier(socket, run);
    socket.off("error", onError);
  });
}

/** Ends a connection behind an answer, and reads what the client is still sending (RFC 9112 section 9.6). */
export function endWith(socket: Duplex, answer: string): void {
  const cut = () => socket.destroy();
  const timer = setTimeout(cut, lingerMs);
  socket.on("error", () => {}); // 'close' follows
  socket.once("close", () => clearTimeout(timer));
  socket.once("end", cut);
  socket.end(answer, "latin1");
  socket.resume();
}
