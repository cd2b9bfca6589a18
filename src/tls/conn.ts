import type { TLSSocket } from "node:tls";
import type { Addr } from "../net/conn.js";
import { SocketConn } from "../net/socket/socket-conn.js";
import { explain } from "./errors.js";
import type { ConnectionState, TLSConn } from "./options.js";

/** Which end of a handshake we were. */
export type Role = "client" | "server";

/** Makes a {@link TLSConn} of a socket whose handshake is done. */
export function tlsConn<A extends Addr>(socket: TLSSocket, role: Role, localAddr: A, remoteAddr: A): TLSConn<A> {
  return new TLSSocketConn(socket, role, localAddr, remoteAddr);
}

/** How long the good-bye of a conn that closes may take, as in Go. */
const goodByeMs = 5000;

class TLSSocketConn<A extends Addr> extends SocketConn<A> implements TLSConn<A> {
  readonly connectionState: ConnectionState;
  readonly #tls: TLSSocket;
  readonly #role: Role;

  constructor(socket: TLSSocket, role: Role, localAddr: A, remoteAddr: A) {
    super({ socket, net: "tls", localAddr, remoteAddr, explain });
    this.connectionState = stateOf(socket);
    this.#tls = socket;
    this.#role = role;
  }

  /** Says good-bye first, as TLS wants it, after what was handed over and is not yet encrypted or sent. */
  protected override destroy(): void {
    const socket = this.#tls;
    if (socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), goodByeMs).unref();
    socket.once("close", () => clearTimeout(timer));
    socket.end();
    if (!this.#awaitsTickets()) return socket.destroySoon();
    for (const event of ["session", "end"]) socket.once(event, () => socket.destroySoon());
  }

  /**
   * Tells whether the server's session tickets are still to come, which in TLS 1.3 follow the handshake: when a socket
   * is closed and they are not read, the system resets the connection and drops what is on its way.
   */
  #awaitsTickets(): boolean {
    const socket = this.#tls;
    if (this.#role === "server" || this.connectionState.version !== "TLSv1.3") return false;
    return socket.bytesRead === 0 && !socket.readableEnded && socket.getTLSTicket() === undefined;
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
