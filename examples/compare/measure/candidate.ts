import type { RowHead } from "../results.js";
import type { EchoClient, Load } from "./echo-client.js";
import type { Place, TransportName } from "./transports.js";

/** A server that listens, until it is disposed of or its process ends. */
export interface Served extends Disposable {
  readonly address: string;
}

/** What has a row: a server and a client that speak over a transport. */
export interface Candidate extends RowHead {
  readonly side: "toolkit";
  /** The transport that carries its bytes: a relay speaks it, and counts. */
  readonly carrier: TransportName;
  /** Serves all who connect. */
  serve(place: Place): Promise<Served>;
  connect(address: string, load: Load, place: Place): Promise<EchoClient>;
  /** Connects, and then holds the connection without a word; null where none stays open. @default an echo, and silence */
  readonly hold?: ((address: string, place: Place) => Promise<AsyncDisposable>) | null;
  /** Whether its server needs a certificate. */
  readonly secure?: boolean;
  /** Whether both ends are in one process. */
  readonly oneProcess?: boolean;
  /** What a message can have at most. */
  readonly maxMessageBytes?: number;
  /** How many messages may leave in one tick. */
  readonly maxBurst?: number;
  /** How many messages are counted on the wire. @default 300 */
  readonly countedMessages?: number;
}
