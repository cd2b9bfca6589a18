import { NetError } from "../net/errors.js";

/** Reports what this platform cannot do, though others can: in a browser, to listen, to ping, to send header fields. */
export class NotSupportedError extends NetError {
  override name = "NotSupportedError";
  /** What cannot be done, as `"ping"`. */
  readonly feature: string;

  constructor(feature: string) {
    super(`websocket: ${feature}: not supported in a browser`, { code: "ERR_NOT_SUPPORTED" });
    this.feature = feature;
  }
}
