import type { StreamConn } from "toolkit/net";
import type { Candidate } from "./candidates.js";
import type { EchoClient, Load } from "./echo-client.js";

/** How a client is connected. */
export interface Connect {
  readonly candidate: Candidate;
  dial(): Promise<StreamConn>;
  /** Closes the client at once, whatever it is waiting for. */
  readonly signal: AbortSignal;
}

/** Runs a function with a client that is connected before and closed after. */
export async function useClient<T>(
  { candidate, dial, signal }: Connect,
  load: Load,
  use: (client: EchoClient) => Promise<T>,
): Promise<T> {
  await using client = candidate.connect(await dial(), load);
  const close = () => client.close();
  signal.addEventListener("abort", close);
  try {
    signal.throwIfAborted();
    return await use(client);
  } finally {
    signal.removeEventListener("abort", close);
  }
}
