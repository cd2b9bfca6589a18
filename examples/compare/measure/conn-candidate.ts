import type { Candidate } from "./candidate.js";
import { ConnClient } from "./conn-client.js";
import { serveEcho } from "./echo-server.js";
import { serving } from "./serving.js";
import { type TransportName, transports } from "./transports.js";

/** Makes the row of a transport: an echo of what arrives on a conn. */
export function connCandidate(name: TransportName): Candidate {
  const { listen, dial, carrier, lossy = false, oneProcess, secure = false, maxMessageBytes } = transports[name];
  return {
    name,
    group: "conn",
    side: "toolkit",
    carrier,
    secure,
    serve: async (place) => {
      const listener = await listen(place);
      return serving(listener, serveEcho(listener));
    },
    connect: async (address, load, place) => new ConnClient(await dial(address, place), load, lossy),
    ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
    ...(oneProcess ? { oneProcess, hold: null, note: "client and server share one thread" } : {}),
  };
}
