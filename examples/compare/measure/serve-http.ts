import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Served } from "./candidate.js";

/** Makes an HTTP server listen on any port. */
export async function serveHTTP(server: Server): Promise<Served> {
  server.listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address: `127.0.0.1:${port}`, [Symbol.dispose]: close };
}
