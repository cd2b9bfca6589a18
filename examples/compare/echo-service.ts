import type { Listener } from "toolkit/net";
import { type Reply, Server } from "toolkit/rpc";

/** Is a service: an ordinary class, whose methods take arguments and fill in a reply. */
export class Echo {
  /** Sends a message back; clients call it as `Echo.Send`. */
  Send(message: Uint8Array, reply: Reply<Uint8Array>): void {
    reply.value = message;
  }
}

/** Serves {@link Echo} on every conn of a listener, until the listener is closed. */
export async function serveEchoService(listener: Listener): Promise<void> {
  const server = new Server();
  server.register(new Echo());
  await server.accept(listener);
}
