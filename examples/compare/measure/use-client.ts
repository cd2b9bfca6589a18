import type { Candidate } from "./candidate.js";
import type { EchoClient, Load } from "./echo-client.js";
import type { Place } from "./transports.js";

/** How a client is connected. */
export interface Connect {
  readonly candidate: Candidate;
  readonly address: string;
  readonly place: Place;
  /** Closes the client at once, whatever it is waiting for. */
  readonly signal: AbortSignal;
}

/** Runs a function with a client that is connected before and closed after. */
export async function useClient<T>(
  { candidate, address, place, signal }: Connect,
  load: Load,
  use: (client: EchoClient) => Promise<T>,
): Promise<T> {
  await using client = await candidate.connect(address, load, place);
  const close = () => client.close();
  signal.addEventListener("abort", close);
  try {
    signal.throwIfAborted();
    return await use(client);
  } finally {
    signal.removeEventListener("abort", close);
  }
}
