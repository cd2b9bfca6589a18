/** Options of every conn. */
export interface ConnOptions {
  /** The most bytes of a message, inflated; a larger one ends the conn with 1009. 0 for no limit. @default 33_554_432 */
  maxMessageBytes?: number | undefined;
  /** The most frames of a message; one of more ends the conn with 1008. 0 for no limit. @default 1_048_576 */
  maxFragments?: number | undefined;
  /** The most control frames that the peer may send in a second; more end the conn with 1008. 0 for no limit. @default 100_000 */
  maxControlFrames?: number | undefined;
  /** How many bytes may wait for a peer that does not read; a write beyond is refused. 0 for no limit. @default 16_777_216 */
  maxQueuedBytes?: number | undefined;
  /** How long a closing handshake may take, in ms, before the connection is cut. @default 5000 */
  closeTimeoutMs?: number | undefined;
  /** Pings the peer at intervals, and cuts the connection when it is silent. @default false */
  heartbeat?: boolean | HeartbeatOptions | undefined;
}

/** How a peer is watched. */
export interface HeartbeatOptions {
  /** How long to wait between pings, in ms. @default 30_000 */
  intervalMs?: number | undefined;
  /** How long after a ping the peer may be silent, in ms, before the connection is cut. @default 10_000 */
  timeoutMs?: number | undefined;
}

/** {@link ConnOptions} with all defaults filled in; `Infinity` where there is no limit. */
export interface ConnSettings {
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  readonly maxControlFrames: number;
  readonly maxQueuedBytes: number;
  readonly closeTimeoutMs: number;
  readonly heartbeat: Required<{ [K in keyof HeartbeatOptions]: number }> | null;
}

/**
 * Fills in the defaults.
 * @throws {RangeError} when an option is no number that makes sense
 */
export function settingsOf(options: ConnOptions): ConnSettings {
  const { closeTimeoutMs = defaultCloseTimeoutMs, heartbeat = false } = options;
  return {
    maxMessageBytes: limit("maxMessageBytes", options.maxMessageBytes, defaultMaxMessageBytes),
    maxFragments: limit("maxFragments", options.maxFragments, defaultMaxFragments),
    maxControlFrames: limit("maxControlFrames", options.maxControlFrames, defaultMaxControlFrames),
    maxQueuedBytes: limit("maxQueuedBytes", options.maxQueuedBytes, defaultMaxQueuedBytes),
    closeTimeoutMs: time("closeTimeoutMs", closeTimeoutMs),
    heartbeat: heartbeat === false ? null : heartbeatOf(heartbeat === true ? {} : heartbeat),
  };
}

function heartbeatOf({ intervalMs = 30_000, timeoutMs = 10_000 }: HeartbeatOptions): ConnSettings["heartbeat"] {
  return { intervalMs: time("heartbeat.intervalMs", intervalMs), timeoutMs: time("heartbeat.timeoutMs", timeoutMs) };
}

/** Gorilla's 0, and what is below, stand for no limit. */
function limit(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isNaN(value)) throw new RangeError(`Invalid option ${name}: it is no number`);
  return value > 0 ? value : Number.POSITIVE_INFINITY;
}

function time(name: string, ms: number): number {
  if (ms >= 0) return ms;
  throw new RangeError(`Invalid option ${name}: ${ms} is no time in ms`);
}

/** The default of `maxMessageBytes`: 32 MiB. */
const defaultMaxMessageBytes = 32 * 1024 * 1024;
/** The default of `maxFragments`: those of 32 bytes fill a message. */
const defaultMaxFragments = 1024 * 1024;
/** The default of `maxControlFrames`. */
const defaultMaxControlFrames = 100_000;
/** The default of `maxQueuedBytes`: 16 MiB. */
const defaultMaxQueuedBytes = 16 * 1024 * 1024;
/** The default of `closeTimeoutMs`. */
const defaultCloseTimeoutMs = 5000;
