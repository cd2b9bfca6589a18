/** What the server's process is asked for. */
export type Question =
  /** To serve a row. */
  | { readonly ask: "serve"; readonly name: string }
  /** How much CPU time it took so far, in µs. */
  | { readonly ask: "cpu" }
  /** How much memory it has. */
  | { readonly ask: "memory" };

/** Where a row is served. */
export interface Whereabouts {
  readonly address: string;
  /** The certificate of its TLS, or nothing. */
  readonly cert: string;
}
