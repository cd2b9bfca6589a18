import { NetError } from "../net/errors.js";

/** Reports what a browser cannot do, though others can: to listen, to dial TCP. */
export class NotSupportedError extends NetError {
  override name = "NotSupportedError";
  /** What cannot be done, as `"dial tcp"`. */
  readonly feature: string;

  constructor(feature: string) {
    super(`rpc: ${feature}: not supported in a browser`, { code: "ERR_NOT_SUPPORTED" });
    this.feature = feature;
  }
}
