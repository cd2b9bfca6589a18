/** What a server answered to a handshake. */
export interface HandshakeResponse {
  /** The HTTP status: 101 where it agreed. */
  readonly status: number;
  /** The words beside the status, as `Switching Protocols`. */
  readonly statusText: string;
  /** The header fields, by their names in lower case; those of the same name joined, but `set-cookie`. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The header fields as they came: each line a pair, for `new Headers(rawHeaders)` and the like. */
  readonly rawHeaders: readonly [name: string, value: string][];
  /** The first bytes of the body, 1024 at most; empty where it agreed. */
  readonly body: Uint8Array<ArrayBuffer>;
}
