import type { Addr } from "../net/conn.js";
import { IP } from "../net/ip.js";
import { checkNetwork, type Endpoint, formatEndpoint, hostOf, resolveEndpoints } from "../net/socket/resolve.js";

/** The networks of this module. */
export type UDPNetwork = "udp" | "udp4" | "udp6";

/** The same, to check what untyped callers give. */
export const udpNetworks: readonly string[] = ["udp", "udp4", "udp6"];

/** What a {@link UDPAddr} is made of; what is left out is "any address", port 0, no zone. */
export interface UDPAddrParts {
  /** The address; empty for "any". */
  ip?: IP;
  /** The port, 0 to 65535; 0 for "any". */
  port?: number;
  /** The scope of an IPv6 address, as `eth0`. */
  zone?: string;
}

/**
 * Holds the address of one end of a UDP conversation. Plain data; it never changes.
 * @see {@link https://pkg.go.dev/net#UDPAddr | Go net.UDPAddr}
 */
export class UDPAddr implements Addr, Endpoint {
  /** Always `"udp"`. */
  readonly transport = "udp" as const;
  /** The address; empty for "any". */
  readonly ip: IP;
  /** The port, 0 to 65535; 0 for "any". */
  readonly port: number;
  /** The scope of an IPv6 address, as `eth0`; empty mostly. */
  readonly zone: string;

  /** @throws {RangeError} when the port is none */
  constructor(parts: UDPAddrParts = {}) {
    const { ip = new IP([]), port = 0, zone = "" } = parts;
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new RangeError(`Cannot make a UDPAddr: port is ${port}, not an integer from 0 to 65535`);
    }
    this.ip = ip;
    this.port = port;
    this.zone = zone;
  }

  /** The address without its port, as Deno calls it: `127.0.0.1`, `fe80::1%eth0`, or nothing. */
  get hostname(): string {
    return hostOf(this);
  }

  /** Prints `127.0.0.1:53`, `[::1]:53`, or `:53` for any address. */
  toString(): string {
    return formatEndpoint(this);
  }
}

/** Makes a {@link UDPAddr} of an endpoint, unless it is one. */
export function udpAddr(endpoint: Endpoint): UDPAddr {
  return endpoint instanceof UDPAddr ? endpoint : new UDPAddr(endpoint);
}

/**
 * Finds the UDP address that `address` means: `host:port`, with a literal address, a name, or nothing as its host, and
 * a number or a service's name as its port. Of several addresses it is the first IPv4 one.
 * @throws {AddrError} for an address that is none
 * @throws {NetError} for an unknown network, name or service
 * @see {@link https://pkg.go.dev/net#ResolveUDPAddr | Go net.ResolveUDPAddr}
 */
export async function resolveUDPAddr(network: UDPNetwork, address: string): Promise<UDPAddr> {
  checkNetwork(network, udpNetworks);
  const found = await resolveEndpoints(network, address);
  const chosen = found.find(({ ip }) => ip.to4() !== null) ?? found[0];
  return udpAddr(chosen as Endpoint);
}
