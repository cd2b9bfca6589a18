import { PipeListener } from "toolkit/net";
import type { Wire, WireBytes } from "../results.js";
import type { EchoClient } from "./echo-client.js";
import { loadOf } from "./loads.js";
import { Relay } from "./relay.js";
import { transports } from "./transports.js";
import { type Connect, useClient } from "./use-client.js";

/** How many messages are counted, after as many that are not: the numbers of calls have grown to their usual size by then. */
const usualMessages = 300;
/** How many may get lost before something must be wrong. */
const maxLost = 10;

/**
 * Counts the bytes that one message costs each way, and those that a connection costs once, by a relay between client and
 * server. The relay speaks what carries the transport, so that it sees what TLS, WebSocket and HTTP add. Nothing is timed
 * meanwhile.
 */
export async function countWire(connect: Connect, messageBytes: number): Promise<Wire> {
  const { candidate, place } = connect;
  const { countedMessages = usualMessages } = candidate;
  const carrier = transports[candidate.carrier];
  const relayPlace = { ...place, pipes: new PipeListener() };
  using relay = new Relay(await carrier.listen(relayPlace), () => carrier.dial(hostAndPort(connect.address), place));
  const counting = { ...connect, address: relay.address, place: relayPlace };
  return await useClient(counting, loadOf(messageBytes, 1), async (client) => {
    await countEchoes(client, relay, 1);
    const first = relay.counted;
    const second = await countEchoes(client, relay, 1);
    await countEchoes(client, relay, countedMessages);
    const handshake = { out: first.out - second.out, back: first.back - second.back };
    return { handshake, messageBytes, message: await countEchoes(client, relay, countedMessages) };
  });
}

/** Counts the bytes of one echo: the mean of so many. */
async function countEchoes(client: EchoClient, relay: Relay, count: number): Promise<WireBytes> {
  const before = relay.counted;
  for (let [came, lost] = [0, 0]; came < count; ) {
    client.send(1);
    if ((await client.receive()) === 1) came++;
    else if (++lost > maxLost) throw new Error("The relay got no answers");
  }
  const after = relay.counted;
  return { out: (after.out - before.out) / count, back: (after.back - before.back) / count };
}

/** A WebSocket's address is a URL; what carries it knows only host and port. */
function hostAndPort(address: string): string {
  return address.includes("://") ? new URL(address).host : address;
}
