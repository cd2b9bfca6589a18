import type { Listener } from "toolkit/net";
import type { Served } from "./candidate.js";

/** Tells where a listener is that is served until it is closed. */
export function serving(listener: Listener, served: Promise<void>): Served {
  served.catch(() => {}); // its clients notice
  return { address: listener.addr.toString(), [Symbol.dispose]: () => listener.close() };
}
