/** Names the method of {@link HandsOver}. */
export const handOver: unique symbol = Symbol.for("toolkit.handOver");

/** Gathers the writes of a tick, as a conn does, and can be told not to wait for its end. */
export interface HandsOver {
  /** Hands over to the system what was written until now. */
  [handOver](): void;
}
