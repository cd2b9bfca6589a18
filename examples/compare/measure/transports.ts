import { join } from "node:path";
import { dial, listen } from "toolkit";
import type { Listener, PipeListener, StreamConn } from "toolkit/net";

/** What listeners and conns of one run need beside an address. */
export interface Place {
  /** Where the files of Unix sockets go. */
  readonly folder: string;
  /** Where pipes are listened for. */
  readonly pipes: PipeListener;
  /** The server's certificate, which clients pin. */
  readonly cert: string;
  /** Its key, which only the server has. */
  readonly key?: string | undefined;
  /** Gives up dialling. */
  readonly signal?: AbortSignal | undefined;
}

/** A way to get conns: all that differs between the rows of conns. */
export interface Transport {
  listen(place: Place): Promise<Listener<StreamConn>>;
  dial(address: string, place: Place): Promise<StreamConn>;
  /** The transport that carries its bytes, to count them there; the name of itself, if none does. */
  readonly carrier: TransportName;
  /** Whether its server needs a certificate. */
  readonly secure?: boolean;
  /** Whether it works only within one process. */
  readonly oneProcess?: boolean;
  /** Whether messages can get lost. */
  readonly lossy?: boolean;
  /** What a message can have at most, where there is a limit. */
  readonly maxMessageBytes?: number;
}

/** The names of the transports. */
export type TransportName = "tcp" | "tls" | "unix" | "udp" | "ws" | "wss" | "pipe";

/** Loopback, so that no network card is measured; for port 0 the system chooses one. */
export const anyPort = "127.0.0.1:0";

/** How each transport is listened on and dialled. */
export const transports: Readonly<Record<TransportName, Transport>> = {
  tcp: {
    listen: () => listen("tcp", anyPort),
    dial: (address, { signal }) => dial("tcp", address, { signal }),
    carrier: "tcp",
  },
  tls: {
    listen: ({ cert, key }) => listen("tls", anyPort, { cert, key }),
    dial: (address, { cert, signal }) => dial("tls", address, { ca: cert, signal }),
    carrier: "tcp",
    secure: true,
  },
  unix: {
    listen: ({ folder }) => listen("unix", join(folder, `${process.pid}.sock`)),
    dial: (address, { signal }) => dial("unix", address, { signal }),
    carrier: "unix",
  },
  udp: {
    listen: () => listen("udp", anyPort),
    dial: (address, { signal }) => dial("udp", address, { signal }),
    carrier: "udp",
    lossy: true,
    maxMessageBytes: 65_507, // what a datagram holds
  },
  ws: {
    listen: () => listen("ws", anyPort),
    dial: (address, { signal }) => dial("ws", address, { signal }),
    carrier: "tcp",
  },
  wss: {
    listen: ({ cert, key }) => listen("wss", anyPort, { cert, key }),
    dial: (address, { cert, signal }) => dial("wss", address, { ca: cert, signal }),
    carrier: "tcp",
    secure: true,
  },
  pipe: {
    listen: ({ pipes }) => Promise.resolve(pipes),
    dial: (_address, { pipes }) => pipes.dial(),
    carrier: "pipe",
    oneProcess: true,
  },
};
