/** A server that runs: where it is, and how it ends. */
export interface Running extends AsyncDisposable {
  /** The address to open, or to dial. */
  readonly url: string;
}

/**
 * Starts a server at the address that the command line gives, says where it is, and ends it on Ctrl-C. Without one it is
 * 127.0.0.1:8080 or, where that is taken, any free port. A hint may tell of the server that has started, such as how a
 * client finds it.
 */
export async function runServer<T extends Running>(
  start: (address: string) => Promise<T>,
  hint: string | ((server: T) => string),
): Promise<void> {
  const [address] = process.argv.slice(2);
  const server = await (address === undefined ? startAnywhere(start) : start(address));
  const stop = () => void server[Symbol.asyncDispose]();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  process.stdout.write(`${server.url}\n${typeof hint === "string" ? hint : hint(server)} Ctrl-C ends it.\n`);
}

async function startAnywhere<T>(start: (address: string) => Promise<T>): Promise<T> {
  try {
    return await start("127.0.0.1:8080");
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== "EADDRINUSE") throw err;
    return start("127.0.0.1:0");
  }
}
