// What a browser cannot do, under the names that it has elsewhere, so that what imports them still loads.

import { NotSupportedError } from "../not-supported-error.js";

/** A browser does not listen. */
export function listen(): Promise<never> {
  return Promise.reject(new NotSupportedError("listen"));
}

/** A browser has no HTTP server to attach to. */
export function attach(): never {
  throw new NotSupportedError("attach");
}

/** A browser reads no environment, and chooses its proxy itself. */
export function proxyFromEnvironment(): never {
  throw new NotSupportedError("proxyFromEnvironment");
}

/** A browser upgrades no requests. */
export class Upgrader {
  constructor() {
    throw new NotSupportedError("Upgrader");
  }
}

/** A browser has no crowd of conns to send to. */
export class Hub {
  constructor() {
    throw new NotSupportedError("Hub");
  }
}
