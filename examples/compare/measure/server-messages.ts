/** What the server's process is asked for. */
export type Question =
  /** To serve a row. */
  | { readonly ask: "serve"; readonly name: string }
  /** How much CPU time it took so far, in µs. */
  | { readonly ask: "cpu" }
  /** How much memory it has. */
  | { readonly ask: "memory" };

/** A question with its number. */
export type Numbered = Question & { readonly id: number };

/** What it answers: an address, or a number. */
export type Answer =
  | { readonly id: number; readonly value: string | number }
  | { readonly id: number; readonly error: string };

/** What it tells first of all: its certificate. */
export interface Ready {
  readonly cert: string;
}
