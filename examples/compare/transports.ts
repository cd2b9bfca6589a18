import { join } from "node:path";
import { dial, listen } from "toolkit";
import type { Listener, PipeListener, StreamConn } from "toolkit/net";

/** What listeners and conns of one run need beside an address. */
export interface Site {
  /** Where the files of Unix sockets go. */
  readonly folder: string;
  /** Where pipes are listened for. */
  readonly pipes: PipeListener;
  /** The server's certificate, which clients pin. */
  readonly cert?: string | undefined;
  /** Its key, which only the server has. */
  readonly key?: string | undefined;
}

/** A way to get conns: all that differs between the rows of the table. */
export interface Transport {
  listen(site: Site): Promise<Listener<StreamConn>>;
  dial(address: string, site: Site): Promise<StreamConn>;
  /** The transport that carries its bytes, to count them there; the name of itself, if none does. */
  readonly carrier: TransportName;
  /** Whether it works only within one process. */
  readonly oneProcess?: boolean;
  /** Whether messages can get lost. */
  readonly lossy?: boolean;
  /** The size of a large message, where the usual one does not fit. */
  readonly largeMessageBytes?: number;
}

/** The names of the transports. */
export type TransportName = "tcp" | "tls" | "unix" | "udp" | "ws" | "wss" | "pipe";

/** Loopback, so that no network card is measured; for port 0 the system chooses one. */
const anyPort = "127.0.0.1:0";

/** How each transport is listened on and dialled. */
export const transports: Readonly<Record<TransportName, Transport>> = {
  tcp: {
    listen: () => listen("tcp", anyPort),
    dial: (address) => dial("tcp", address),
    carrier: "tcp",
  },
  tls: {
    listen: ({ cert, key }) => listen("tls", anyPort, { cert, key }),
    dial: (address, { cert }) => dial("tls", address, { ca: cert }),
    carrier: "tcp",
  },
  unix: {
    listen: ({ folder }) => listen("unix", join(folder, `${process.pid}.sock`)),
    dial: (address) => dial("unix", address),
    carrier: "unix",
  },
  udp: {
    listen: () => listen("udp", anyPort),
    dial: (address) => dial("udp", address),
    carrier: "udp",
    lossy: true,
    largeMessageBytes: 60 * 1024, // a datagram holds 65,507 bytes at most
  },
  ws: {
    listen: () => listen("ws", anyPort),
    dial: (address) => dial("ws", address),
    carrier: "tcp",
  },
  wss: {
    listen: ({ cert, key }) => listen("wss", anyPort, { cert, key }),
    dial: (address, { cert }) => dial("wss", address, { ca: cert }),
    carrier: "tcp",
  },
  pipe: {
    listen: ({ pipes }) => Promise.resolve(pipes),
    dial: (_address, { pipes }) => pipes.dial(),
    carrier: "pipe",
    oneProcess: true,
  },
};
