import { createServer, type Socket } from "node:net";
import { rawDial } from "./raw.js";

/** Stands between a client and a server, and sees what they send. */
export interface Relay {
  readonly address: string;
  /** What the server has sent so far. */
  fromServer(): Uint8Array;
  /** Cuts the line to the client, as a lost cable would in the end. */
  cut(): void;
  close(): void;
}

/** Relays one connection to a port of this machine, the ends of either side included. */
export async function relayTo(port: number): Promise<Relay> {
  const chunks: Uint8Array[] = [];
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on("error", () => {});
    sockets.push(client);
    void rawDial(port).then((upstream) => {
      sockets.push(upstream);
      upstream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      upstream.pipe(client).pipe(upstream);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as { port: number }).port}`,
    fromServer: () => Buffer.concat(chunks),
    cut: () => sockets[0]?.end(),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Lists the types of the TLS records in `stream`: 20 change of cipher, 21 alert, 22 handshake, 23 data. */
export function recordTypes(stream: Uint8Array): number[] {
  const types: number[] = [];
  for (let at = 0; at < stream.byteLength; at += 5 + (stream[at + 3] ?? 0) * 256 + (stream[at + 4] ?? 0)) {
    types.push(stream[at] ?? 0);
  }
  return types;
}
