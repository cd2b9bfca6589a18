import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A peer of Node's own, to do what our conns would not. */
export interface RawServer {
  readonly address: string;
  readonly port: number;
  /** Waits for the next connection. */
  accept(): Promise<Socket>;
  close(): void;
}

/** Listens with Node's own server; its sockets are half-open, read only when asked, and swallow their errors. */
export async function rawServer(host = "127.0.0.1"): Promise<RawServer> {
  const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  const accepted: Socket[] = [];
  const waiting: ((socket: Socket) => void)[] = [];
  server.on("connection", (socket) => {
    socket.on("error", () => {});
    const next = waiting.shift();
    if (next === undefined) accepted.push(socket);
    else next(socket);
  });
  server.listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    address: host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`,
    port,
    accept: () =>
      new Promise((resolve) => {
        const socket = accepted.shift();
        if (socket === undefined) waiting.push(resolve);
        else resolve(socket);
      }),
    close() {
      server.close();
      for (const socket of accepted) socket.destroy();
    },
  };
}

/** Connects with Node's own socket, which swallows its errors. */
export async function rawDial(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Waits for the end of a socket; resolves to all that it received, in chunks. */
export async function chunksOf(socket: Socket): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  socket.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  socket.resume();
  await once(socket, "end");
  return chunks;
}
