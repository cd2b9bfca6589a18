import { PipeListener } from "toolkit/net";
import type { Candidate } from "./candidates.js";
import type { EchoClient } from "./echo-client.js";
import { smallMessageBytes } from "./loads.js";
import { Relay, type WireBytes } from "./relay.js";
import { type Site, transports } from "./transports.js";
import { useClient } from "./use-client.js";

/** How many messages are counted, after as many that are not: handshakes and first times are over by then. */
const countedMessages = 300;
/** How many may get lost before something must be wrong. */
const maxLost = 10;

/** What is to be counted, and where its server is. */
export interface Counting {
  readonly candidate: Candidate;
  readonly address: string;
  readonly site: Site;
  readonly signal: AbortSignal;
}

/**
 * Counts the bytes that one small message costs each way, by a relay between client and server. The relay speaks what
 * carries the transport, so that it sees what TLS and WebSocket add. Nothing is timed meanwhile.
 */
export async function countWire({ candidate, address, site, signal }: Counting): Promise<WireBytes> {
  const transport = transports[candidate.transport];
  const carrier = transports[transport.carrier];
  const relaySite = { ...site, pipes: new PipeListener() };
  using relay = new Relay(await carrier.listen(relaySite), () => carrier.dial(hostAndPort(address), site));
  const dial = () => transport.dial(relay.address, relaySite);
  return await useClient({ candidate, dial, signal }, { messageBytes: smallMessageBytes, maxUnderWay: 1 }, (client) =>
    countEchoes(client, relay),
  );
}

async function countEchoes(client: EchoClient, relay: Relay): Promise<WireBytes> {
  await echo(client);
  const before = relay.counted;
  await echo(client);
  const after = relay.counted;
  return { out: (after.out - before.out) / countedMessages, back: (after.back - before.back) / countedMessages };
}

async function echo(client: EchoClient): Promise<void> {
  for (let [came, lost] = [0, 0]; came < countedMessages; ) {
    client.send(1);
    if ((await client.receive()) === 1) came++;
    else if (++lost > maxLost) throw new Error("The relay got no answers");
  }
}

/** A WebSocket's address is a URL; what carries it knows only host and port. */
function hostAndPort(address: string): string {
  return address.includes("://") ? new URL(address).host : address;
}
