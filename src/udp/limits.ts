import type { UDPPeersOptions, UDPSocketOptions } from "./options.js";
import type { Limits } from "./room.js";

/** How much may wait on a conn of its own. */
const connDefaults: Limits = { datagrams: 1024, bytes: 1_048_576 };
/** How much of one peer may wait. */
const peerDefaults: Limits = { datagrams: 128, bytes: 262_144 };
/** How much of all peers may wait. */
const totalDefaults: Limits = { datagrams: 8192, bytes: 8_388_608 };

/** Reads the limits of a conn. @throws {RangeError} for one that is none */
export function connLimits(options: UDPSocketOptions): Limits {
  return queueLimits(options, connDefaults);
}

/** Reads the limits of one peer. @throws {RangeError} for one that is none */
export function peerLimits(options: UDPPeersOptions): Limits {
  return queueLimits(options, peerDefaults);
}

/** Reads the limits of all peers together. @throws {RangeError} for one that is none */
export function totalLimits({ maxTotalQueuedDatagrams, maxTotalQueuedBytes }: UDPPeersOptions): Limits {
  return {
    datagrams: atLeastOne("maxTotalQueuedDatagrams", maxTotalQueuedDatagrams ?? totalDefaults.datagrams),
    bytes: atLeastOne("maxTotalQueuedBytes", maxTotalQueuedBytes ?? totalDefaults.bytes),
  };
}

/** Returns an option's value. @throws {RangeError} unless it is 1 or more; Infinity is */
export function atLeastOne(name: string, value: number): number {
  if (value >= 1) return value;
  throw new RangeError(`Cannot use option ${name}: it is ${value}, not 1 or more`);
}

function queueLimits(options: UDPSocketOptions, defaults: Limits): Limits {
  atLeastOne("readBufferBytes", options.readBufferBytes ?? 1);
  atLeastOne("writeBufferBytes", options.writeBufferBytes ?? 1);
  return {
    datagrams: atLeastOne("maxQueuedDatagrams", options.maxQueuedDatagrams ?? defaults.datagrams),
    bytes: atLeastOne("maxQueuedBytes", options.maxQueuedBytes ?? defaults.bytes),
  };
}
