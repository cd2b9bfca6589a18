// For the tests: a line that breaks, or stalls.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between clients and a server, and cuts connections when they have carried so much. */
export interface CuttingRelay extends AsyncDisposable {
  /** Where it listens, as `127.0.0.1:49152`. */
  readonly host: string;
  /** How many connections it has cut. */
  readonly cuts: number;
}

/**
 * Relays to a port of this machine. Of each connection that has carried so many bytes, in both directions together,
 * both ends are destroyed or, where they `"stall"`, carry no more; the list says how many for the first such
 * connection, the second, and so on.
 */
export async function relayThatCuts(
  port: number,
  afterBytes: readonly number[],
  how: "cut" | "stall" = "cut",
): Promise<CuttingRelay> {
  const left = [...afterBytes];
  const sockets = new Set<Socket>();
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    const both = [client, upstream];
    let carried = 0;
    const count = (chunk: Uint8Array) => {
      carried += chunk.byteLength;
      if (left[0] === undefined || carried < left[0]) return;
      left.shift();
      cuts++;
      for (const socket of both) {
        if (how === "cut") socket.destroy();
        else socket.unpipe().pause();
      }
    };
    for (const socket of both) {
      sockets.add(socket);
      socket.on("error", () => {}).on("data", count);
      socket.on("close", () => {
        sockets.delete(socket);
        for (const other of both) other.destroySoon();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() {
      return cuts;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
