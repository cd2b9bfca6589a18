import type { Addr } from "../conn.js";
import { IP } from "../ip.js";
import { type Endpoint, formatEndpoint, hostOf, parseEndpoint } from "./resolve.js";

/** What a {@link TCPAddr} is made of; what is left out is "any address", port 0, no zone. */
export interface TCPAddrParts {
  /** The address. @default any */
  ip?: IP;
  /** The port, 0 to 65535. @default 0 */
  port?: number;
  /** The scope of an IPv6 address, as `eth0`. @default none */
  zone?: string;
}

/**
 * Holds the address of one end of a TCP connection. Plain data; it never changes.
 * @see {@link https://pkg.go.dev/net#TCPAddr | Go net.TCPAddr}
 */
export class TCPAddr implements Addr, Endpoint {
  /** Always `"tcp"`. */
  readonly transport = "tcp" as const;
  /** The address; empty for "any". */
  readonly ip: IP;
  /** The port, 0 to 65535; 0 for "any". */
  readonly port: number;
  /** The scope of an IPv6 address, as `eth0`; empty mostly. */
  readonly zone: string;

  /** @throws {RangeError} when the port is none */
  constructor(parts: TCPAddrParts = {}) {
    const { ip = new IP([]), port = 0, zone = "" } = parts;
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new RangeError(`Cannot make a TCPAddr: port is ${port}, not an integer from 0 to 65535`);
    }
    this.ip = ip;
    this.port = port;
    this.zone = zone;
  }

  /** The address without its port, as Deno calls it: `127.0.0.1`, `fe80::1%eth0`, or nothing. */
  get hostname(): string {
    return hostOf(this);
  }

  /** Prints `127.0.0.1:80`, `[::1]:80`, or `:80` for any address. */
  toString(): string {
    return formatEndpoint(this);
  }
}

/** Makes a {@link TCPAddr} of an address as Node gives it; `null` if it gives none, as for a peer that has gone. */
export function tcpAddrOf(address: string | undefined, port: number | undefined): TCPAddr | null {
  return address === undefined || port === undefined ? null : new TCPAddr(parseEndpoint(address, port));
}
