import type { Addr, Bytes, Datagram, OpOptions } from "../../src/net/conn.js";
import { MemoryDatagramConn } from "./memory-datagrams.js";

/** Says that everything comes from itself. */
class WrongSender extends MemoryDatagramConn {
  override async readFrom(p: Bytes, options?: OpOptions): Promise<Datagram> {
    return { ...(await super.readFrom(p, options)), addr: this.localAddr };
  }
}

/** Keeps for the next read what does not fit into this one. */
class KeepsTheRest extends MemoryDatagramConn {
  #rest: Bytes = new Uint8Array(0);
  #addr: Addr = this.remoteAddr;
  override async readFrom(p: Bytes, options?: OpOptions): Promise<Datagram> {
    if (this.#rest.byteLength === 0) {
      const buffer = new Uint8Array(65_536);
      const { n, addr } = await super.readFrom(buffer, options);
      this.#rest = buffer.subarray(0, n);
      this.#addr = addr;
    }
    const n = Math.min(p.byteLength, this.#rest.byteLength);
    p.set(this.#rest.subarray(0, n));
    this.#rest = this.#rest.subarray(n);
    return { n, addr: this.#addr };
  }
}

/** Holds an empty datagram for none. */
class DropsEmpty extends MemoryDatagramConn {
  override async readFrom(p: Bytes, options?: OpOptions): Promise<Datagram> {
    for (;;) {
      const datagram = await super.readFrom(p, options);
      if (datagram.n > 0) return datagram;
    }
  }
}

/** Cannot carry more than an Ethernet frame. */
class CutsLarge extends MemoryDatagramConn {
  override async writeTo(p: Bytes, addr: Addr, options?: OpOptions): Promise<number> {
    await super.writeTo(p.subarray(0, 1472), addr, options);
    return p.byteLength;
  }
}

/** Does not hear of a deadline while it waits. */
class DeadlineComesLate extends MemoryDatagramConn {
  #next: Date | number | null = null;
  override setReadDeadline(t: Date | number | null): void {
    this.#next = t;
  }
  override async readFrom(p: Bytes, options?: OpOptions): Promise<Datagram> {
    super.setReadDeadline(this.#next);
    return super.readFrom(p, options);
  }
}

/** Names each fault, its class, and the case that must find it. */
export const brokenPacketConns: readonly { fault: string; Conn: typeof MemoryDatagramConn; foundBy: string }[] = [
  { fault: "the sender is wrong", Conn: WrongSender, foundBy: "Exchange" },
  { fault: "the rest of a datagram is kept", Conn: KeepsTheRest, foundBy: "Truncation" },
  { fault: "an empty datagram is dropped", Conn: DropsEmpty, foundBy: "ZeroLength" },
  { fault: "a large datagram is cut", Conn: CutsLarge, foundBy: "LargeDatagram" },
  { fault: "a deadline comes too late", Conn: DeadlineComesLate, foundBy: "PresentTimeout" },
];
