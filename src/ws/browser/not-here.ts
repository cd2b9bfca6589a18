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

/** Cannot be made. */
// oxlint-disable-next-line typescript/no-extraneous-class -- its name is all that is needed
class NotHere {
  constructor(feature: string) {
    throw new NotSupportedError(feature);
  }
}

/** A browser upgrades no requests. */
export class Upgrader extends NotHere {
  constructor() {
    super("Upgrader");
  }
}

/** A browser has no crowd of conns to send to. */
export class Hub extends NotHere {
  constructor() {
    super("Hub");
  }
}
