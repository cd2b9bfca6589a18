import type { TLSSocket } from "node:tls";
import type { Addr } from "../net/conn.js";
import { SocketConn } from "../net/socket/socket-conn.js";
import { explain } from "./errors.js";
import type { ConnectionState, TLSConn } from "./options.js";

/** Makes a {@link TLSConn} of a socket whose handshake is done. */
export function tlsConn<A extends Addr>(socket: TLSSocket, localAddr: A, remoteAddr: A): TLSConn<A> {
  return new TLSSocketConn(socket, localAddr, remoteAddr);
}

/** How long the good-bye of a conn that closes may take, as in Go. */
const goodByeMs = 5000;

class TLSSocketConn<A extends Addr> extends SocketConn<A> implements TLSConn<A> {
  readonly connectionState: ConnectionState;

  constructor(socket: TLSSocket, localAddr: A, remoteAddr: A) {
    super({ socket, net: "tls", localAddr, remoteAddr, explain });
    this.connectionState = stateOf(socket);
  }

  /** Says good-bye first, as TLS wants it; what was handed over, and is not yet encrypted or sent, goes out before. */
  protected override destroy(): void {
    const { socket } = this;
    const timer = setTimeout(() => socket.destroy(), goodByeMs).unref();
    socket.once("close", () => clearTimeout(timer));
    socket.destroySoon();
  }

  handshake(): Promise<{ alpnProtocol: string | null }> {
    return Promise.resolve({ alpnProtocol: this.connectionState.negotiatedProtocol || null });
  }
}

/** What Node's types leave out. */
interface Named {
  readonly servername?: string | false | null;
}

function stateOf(socket: TLSSocket): ConnectionState {
  const certificate = socket.getPeerCertificate();
  return Object.freeze({
    version: socket.getProtocol() ?? "",
    cipherSuite: socket.getCipher().standardName,
    negotiatedProtocol: socket.alpnProtocol || "",
    serverName: (socket as Named).servername || "",
    verified: socket.authorized,
    peerCertificate: Object.keys(certificate).length === 0 ? null : certificate,
  });
}
