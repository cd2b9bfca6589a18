import type { Bytes, OpOptions, StreamConn } from "../net/conn.js";
import type { UDPAddr } from "./addr.js";
import { DatagramConn } from "./datagram-conn.js";
import type { Room } from "./room.js";
import type { Share, SharedSocket } from "./shared-socket.js";
import type { Target } from "./targets.js";

/**
 * Speaks with one remote address over the socket of a {@link UDPPeerListener}: each read and each write is one datagram.
 *
 * When the peer has been silent for too long, reads give what waits and then `null`, writes reject with `EPIPE`, and the
 * conn counts as closed; should the address send again, that is a new conn.
 */
export interface UDPPeerConn extends StreamConn<UDPAddr> {
  /** How many datagrams of this peer were dropped because nobody read them in time. */
  readonly droppedDatagrams: number;
}

/** What a {@link PeerConn} is made of. */
export interface PeerConnParts {
  net: string;
  localAddr: UDPAddr;
  peer: Target;
  shared: SharedSocket;
  room: Room;
  /** Is told when the conn is closed or has expired. */
  onRelease: (conn: PeerConn) => void;
}

/** Makes a conn of a share of a socket. */
export class PeerConn extends DatagramConn<UDPAddr> implements UDPPeerConn {
  /** Whom it speaks with, as Node names it. */
  readonly peer: Target;
  /** When the peer was heard last, in ticks of its {@link PeerTable}. */
  heardAt = 0;
  readonly #share: Share;
  readonly #onRelease: (conn: PeerConn) => void;
  #released = false;

  constructor(parts: PeerConnParts) {
    const { net, localAddr, peer, room, shared } = parts;
    super({ net, localAddr, remoteAddr: peer.addr, room, sender: shared.sender });
    this.peer = peer;
    this.#share = shared.enter();
    this.#onRelease = parts.onRelease;
  }

  write(p: Bytes, options?: OpOptions): Promise<number> {
    return this.outbox.write(p, this.peer, options?.signal);
  }

  /** Takes a datagram of the peer; returns `false` if it is dropped. */
  deliver(data: Bytes): boolean {
    return this.inbox.push(data, this.remoteAddr);
  }

  /** Ends the conn, because the peer is silent. */
  expire(): void {
    this.inbox.end();
    this.outbox.expire();
    this.release();
  }

  ref(): void {
    this.#share.hold(true);
  }
  unref(): void {
    this.#share.hold(false);
  }

  protected release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#onRelease(this);
    this.#share.leave();
    this.resolveClosed();
  }
}
