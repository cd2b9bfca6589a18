import type { Closer, Reader, Writer } from "../net/conn.js";
import type { ServerCodec } from "./codec.js";
import { type ConnListener, type ServeOptions, Server } from "./server.js";

/** Is the server of the functions below. @see {@link https://pkg.go.dev/net/rpc#DefaultServer | Go rpc.DefaultServer} */
export const defaultServer: Server = new Server();

/** Registers with the {@link defaultServer}. @see {@link Server.register} */
export function register(rcvr: object): void {
  defaultServer.register(rcvr);
}

/** Registers with the {@link defaultServer}. @see {@link Server.registerName} */
export function registerName(name: string, rcvr: object): void {
  defaultServer.registerName(name, rcvr);
}

/** Serves a listener with the {@link defaultServer}. @see {@link Server.accept} */
export function accept(listener: ConnListener): Promise<void> {
  return defaultServer.accept(listener);
}

/** Serves a connection with the {@link defaultServer}. @see {@link Server.serveConn} */
export function serveConn(conn: Reader & Writer & Closer, options?: ServeOptions): Promise<void> {
  return defaultServer.serveConn(conn, options);
}

/** Serves a codec with the {@link defaultServer}. @see {@link Server.serveCodec} */
export function serveCodec(codec: ServerCodec): Promise<void> {
  return defaultServer.serveCodec(codec);
}

/** Serves one request with the {@link defaultServer}. @see {@link Server.serveRequest} */
export function serveRequest(codec: ServerCodec): Promise<boolean> {
  return defaultServer.serveRequest(codec);
}
