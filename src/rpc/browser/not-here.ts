// What a browser cannot do, under the names that it has elsewhere, so that what imports them still loads.

import { NotSupportedError } from "../not-supported-error.js";

/** A browser is no server: a {@link Peer} serves over the connections that it makes. Cannot be made. */
// oxlint-disable-next-line typescript/no-extraneous-class -- its name is all that is needed
export class Server {
  constructor() {
    throw new NotSupportedError("Server");
  }
}

/** A browser has no server to register with: {@link Peer.register} serves the other end of a connection. */
export function register(): never {
  throw new NotSupportedError("register");
}

/** A browser has no server to register with. */
export function registerName(): never {
  throw new NotSupportedError("registerName");
}

/** A browser does not listen. */
export function accept(): Promise<never> {
  return Promise.reject(new NotSupportedError("accept"));
}

/** A browser is no server. */
export function serveConn(): Promise<never> {
  return Promise.reject(new NotSupportedError("serveConn"));
}

/** A browser is no server. */
export function serveCodec(): Promise<never> {
  return Promise.reject(new NotSupportedError("serveCodec"));
}

/** A browser is no server. */
export function serveRequest(): Promise<never> {
  return Promise.reject(new NotSupportedError("serveRequest"));
}

/** A browser is no server. */
export function handleHTTP(): never {
  throw new NotSupportedError("handleHTTP");
}

/** A browser cannot CONNECT. */
export function dialHTTP(): Promise<never> {
  return Promise.reject(new NotSupportedError("dialHTTP"));
}

/** A browser cannot CONNECT. */
export function dialHTTPPath(): Promise<never> {
  return Promise.reject(new NotSupportedError("dialHTTPPath"));
}

/** Stands for the server that there is elsewhere: whatever it is asked for, it cannot. */
export const defaultServer = Object.freeze({
  register,
  registerName,
  accept,
  handleHTTP,
  serveConn,
  serveCodec,
  serveRequest,
});
