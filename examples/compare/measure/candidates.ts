import type { CodecName } from "toolkit/rpc";
import type { Candidate } from "./candidate.js";
import { connCandidate } from "./conn-candidate.js";
import { restCandidate } from "./rest-candidate.js";
import { postCandidate, type RPCOver, rpcCandidate } from "./rpc-candidate.js";
import type { TransportName } from "./transports.js";

const conns: readonly TransportName[] = ["tcp", "tls", "unix", "udp", "ws", "wss", "pipe"];
const overs: readonly RPCOver[] = ["tcp", "http", "ws"];
const codecs: readonly CodecName[] = ["msgpack", "gob", "jsonrpc", "jsonrpc2"];

/** All whose both ends are this package's, in the order of the table. */
export const candidates: readonly Candidate[] = [
  ...conns.map(connCandidate),
  ...overs.flatMap((over) => codecs.map((codec) => rpcCandidate(over, codec))),
  postCandidate,
  restCandidate("rest"),
  restCandidate("rest-close"),
];

/** Returns the candidate of a name. @throws {RangeError} if there is none */
export function candidateNamed(name: string): Candidate {
  const found = candidates.find((candidate) => candidate.name === name);
  if (found === undefined) throw new RangeError(`No row ${name}`);
  return found;
}
