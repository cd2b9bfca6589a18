import { parseEndpoint } from "../net/socket/resolve.js";
import { UDPAddr } from "./addr.js";
import { hostFor } from "./family.js";

/** An address in both forms: ours, and the text and number that Node's sockets take and give. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly addr: UDPAddr;
}

/** How many addresses are remembered; a power of two. */
const slotCount = 256;

/**
 * Remembers addresses that a socket spoke with lately, so that a datagram from one of them, or an answer to it, costs
 * no conversion. Each port has one slot: who comes later takes it, and strangers cannot make it grow.
 */
export class Targets {
  readonly #version: 4 | 6;
  readonly #slots: (Target | undefined)[] = [];

  /** `version` is the protocol of the socket. */
  constructor(version: 4 | 6) {
    this.#version = version;
  }

  /** Returns the target for a sender, as Node names it. */
  from(host: string, port: number): Target {
    const at = port & (slotCount - 1);
    const known = this.#slots[at];
    if (known !== undefined && known.port === port && known.host === host) return known;
    const target: Target = { host, port, addr: new UDPAddr(parseEndpoint(host, port)) };
    this.#slots[at] = target;
    return target;
  }

  /**
   * Returns the target for an address.
   * @throws {AddrError} for one that the socket cannot speak to
   */
  to(addr: UDPAddr): Target {
    const at = addr.port & (slotCount - 1);
    const known = this.#slots[at];
    if (known !== undefined && known.addr === addr) return known;
    const target: Target = { host: hostFor(this.#version, addr), port: addr.port, addr };
    if (addr instanceof UDPAddr) this.#slots[at] = target;
    return target;
  }
}
