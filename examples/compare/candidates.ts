import type { Listener, StreamConn } from "toolkit/net";
import { ConnClient } from "./conn-client.js";
import type { EchoClient, Load } from "./echo-client.js";
import { serveEcho } from "./echo-server.js";
import { serveEchoService } from "./echo-service.js";
import { RPCClient } from "./rpc-client.js";
import { type TransportName, transports } from "./transports.js";

/** What has a row in the table: a server and a client that speak over a transport. */
export interface Candidate {
  readonly transport: TransportName;
  /** Serves all who connect, until the listener is closed. */
  serve(listener: Listener): Promise<void>;
  connect(conn: StreamConn, load: Load): EchoClient;
  /** What a reader of its figures must know. */
  readonly note?: string;
}

/** The names of the candidates. */
export type CandidateName = TransportName | "rpc";

/** All that is compared, in the order of the table. */
export const candidates: Readonly<Record<CandidateName, Candidate>> = {
  tcp: echoOver("tcp"),
  tls: echoOver("tls"),
  unix: echoOver("unix"),
  udp: echoOver("udp"),
  ws: echoOver("ws"),
  wss: echoOver("wss"),
  pipe: { ...echoOver("pipe"), note: "client and server share one thread; the others have a process each" },
  rpc: {
    transport: "tcp",
    serve: serveEchoService,
    connect: (conn, load) => new RPCClient(conn, load),
    note: "each message is a call of a method over tcp, in msgpack",
  },
};

/** Their names. */
export const candidateNames = Object.keys(candidates) as readonly CandidateName[];

function echoOver(transport: TransportName): Candidate {
  const { lossy = false } = transports[transport];
  return { transport, serve: serveEcho, connect: (conn, load) => new ConnClient(conn, load, lossy) };
}
