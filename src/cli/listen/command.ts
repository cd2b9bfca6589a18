import { listen } from "../../listen.js";
import type { Conn, Listener } from "../../net/conn.js";
import type { Command, Context } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { failureOf } from "../failure.js";
import { listenHelp } from "./help.js";
import { type ListenOptions, parseListen } from "./options.js";
import { serve } from "./serve.js";

/** So many are served at a time; the rest wait. */
const mostConns = 1024;

/** Listens. */
export const listenCommand: Command = {
  help: listenHelp,
  async run(words, context) {
    const options = parseListen(words);
    const listener = await open(options, context.signal);
    try {
      await announce(listener, options, context);
      return await new Desk(listener, options, context).run();
    } finally {
      listener.close();
    }
  },
};

function open({ target, cert, key, anyOrigin }: ListenOptions, signal: AbortSignal): Promise<Listener> {
  const { scheme, address, path } = target;
  switch (scheme) {
    case "ws":
    case "wss": {
      const checkOrigin = anyOrigin ? () => true : undefined;
      return listen(scheme, address, { cert, key, checkOrigin, path: path || "/", signal });
    }
    case "tls":
      return listen(scheme, address, { cert, key, signal });
    case "udp":
      return listen(scheme, address, { signal });
    case "unix":
      return listen(scheme, address, { signal });
    case "tcp":
    case "http": // never, as such addresses are none
    case "https":
      return listen("tcp", address, { signal });
  }
}

async function announce({ addr }: Listener, { target }: ListenOptions, { output }: Context): Promise<void> {
  const text = addr.toString();
  const address = text.includes("://") ? text : `${target.scheme}:${target.scheme === "unix" ? "" : "//"}${text}`;
  if (output.json) await output.object({ event: "listening", address });
  else await output.note(`listening on ${address}`);
}

/** Receives who comes. */
class Desk {
  readonly #listener: Listener;
  readonly #options: ListenOptions;
  readonly #context: Context;
  readonly #conns = new Map<Conn, Promise<void>>();
  #count = 0;

  constructor(listener: Listener, options: ListenOptions, context: Context) {
    this.#listener = listener;
    this.#options = options;
    this.#context = context;
  }

  async run(): Promise<number> {
    const { signal } = this.#context;
    const end = () => this.#end();
    signal.addEventListener("abort", end, { once: true });
    try {
      if (this.#options.once) await this.#serveOne();
      else for (;;) await this.#serveNext();
    } finally {
      signal.removeEventListener("abort", end);
      this.#end();
      await Promise.all(this.#conns.values());
    }
    return exitCodes.ok;
  }

  async #serveOne(): Promise<void> {
    const { signal } = this.#context;
    const conn = await this.#listener.accept({ signal });
    this.#listener.close();
    this.#conns.set(conn, Promise.resolve());
    await serve(conn, ++this.#count, this.#options, this.#context);
    this.#conns.delete(conn);
    signal.throwIfAborted();
  }

  async #serveNext(): Promise<void> {
    const { signal } = this.#context;
    while (this.#conns.size >= mostConns) await Promise.race(this.#conns.values());
    const conn = await this.#listener.accept({ signal });
    const number = ++this.#count;
    const served = serve(conn, number, this.#options, this.#context)
      .catch((err: unknown) => this.#tell(number, err))
      .finally(() => this.#conns.delete(conn));
    this.#conns.set(conn, served);
  }

  /** Says how a connection failed, which concerns the others not at all. */
  async #tell(number: number, err: unknown): Promise<void> {
    const { output, signal } = this.#context;
    if (signal.aborted) return;
    const { message, code } = failureOf(err);
    if (output.json) await output.object({ event: "error", conn: number, message, code });
    else await output.note(`#${number} ${message}`);
  }

  #end(): void {
    for (const conn of this.#conns.keys()) conn.close();
  }
}
