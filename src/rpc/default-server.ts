import type { ServerCodec } from "./codec.js";
import type { Contract } from "./contract.js";
import type { HTTPServer } from "./http/connect-server.js";
import type { Implementation } from "./implementation.js";
import type { Registrable } from "./remote-service.js";
import type { ServableConn } from "./replay-conn.js";
import { type ConnListener, type ServeOptions, Server } from "./server.js";

/** Is the server of the functions below. @see {@link https://pkg.go.dev/net/rpc#DefaultServer | Go rpc.DefaultServer} */
export const defaultServer: Server = new Server();

/** Registers with the {@link defaultServer}. @see {@link Server.register} */
export function register<T extends object>(rcvr: T & Registrable<T>): void;
export function register<C extends Contract>(rcvr: Implementation<C>, contract: C): void;
export function register(rcvr: object, contract?: Contract): void {
  if (contract === undefined) defaultServer.register(rcvr);
  else defaultServer.register(rcvr as Implementation<Contract>, contract);
}

/** Registers with the {@link defaultServer}. @see {@link Server.registerName} */
export function registerName<T extends object>(name: string, rcvr: T & Registrable<T>): void;
export function registerName<C extends Contract>(name: string, rcvr: Implementation<C>, contract: C): void;
export function registerName(name: string, rcvr: object, contract?: Contract): void {
  if (contract === undefined) defaultServer.registerName(name, rcvr);
  else defaultServer.registerName(name, rcvr as Implementation<Contract>, contract);
}

/** Serves a listener with the {@link defaultServer}. @see {@link Server.accept} */
export function accept(listener: ConnListener): Promise<void> {
  return defaultServer.accept(listener);
}

/** Serves RPC on an HTTP server with the {@link defaultServer}. @see {@link Server.handleHTTP} */
export function handleHTTP(server: HTTPServer, rpcPath?: string, debugPath?: string): void {
  defaultServer.handleHTTP(server, rpcPath, debugPath);
}

/** Serves a connection with the {@link defaultServer}. @see {@link Server.serveConn} */
export function serveConn(conn: ServableConn, options?: ServeOptions): Promise<void> {
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
