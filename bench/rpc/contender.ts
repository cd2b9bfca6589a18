// What bench/rpc-echo.ts compares: a server and a client that do the same two things, each in its own way.

/** A client's one connection. */
export interface Calls {
  multiply(a: number, b: number): Promise<number>;
  echo(text: string): Promise<string>;
  close(): unknown;
}

/** One way to call. */
export interface Contender {
  /** Serves on a free port of 127.0.0.1; resolves to where. */
  serve(): Promise<string>;
  connect(address: string): Promise<Calls>;
}

/** What is called: Multiply {A: 7, B: 8}, or an echo of 10 KB of text. */
export type Work = "multiply" | "echo";
