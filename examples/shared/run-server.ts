/** A server that runs: where it is, and how it ends. */
export interface Running extends AsyncDisposable {
  /** The address to open, or to dial. */
  readonly url: string;
}

/**
 * Starts a server at the address that the command line gives, says where it is, and ends it on Ctrl-C. Without one it is
 * 127.0.0.1:8080 or, where that is taken, any free port.
 */
export async function runServer(start: (address: string) => Promise<Running>, hint: string): Promise<void> {
  const [address] = process.argv.slice(2);
  const server = await (address === undefined ? startAnywhere(start) : start(address));
  const stop = () => void server[Symbol.asyncDispose]();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  process.stdout.write(`${server.url}\n${hint} Ctrl-C ends it.\n`);
}

async function startAnywhere(start: (address: string) => Promise<Running>): Promise<Running> {
  try {
    return await start("127.0.0.1:8080");
  } catch {
    return start("127.0.0.1:0");
  }
}
