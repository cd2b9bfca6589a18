// The services of the tests: those of Go's own tests of net/rpc, and of interop/go/msgpackrpc.

import { pipe } from "toolkit/net";
import { type Client, type NewClientOptions, newClient, type Reply, Server, type ServerOptions } from "toolkit/rpc";

export interface Args {
  A: number;
  B: number;
}
export interface Quotient {
  Quo: number;
  Rem: number;
}

export class Arith {
  Add(args: Args, reply: Reply<{ C: number }>): void {
    reply.value = { C: args.A + args.B };
  }
  Multiply(args: Args, reply: Reply<number>): null {
    reply.value = args.A * args.B;
    return null;
  }
  Divide(args: Args, reply: Reply<Quotient>): Error | null {
    if (args.B === 0) return new Error("divide by zero");
    reply.value = { Quo: Math.trunc(args.A / args.B), Rem: args.A % args.B };
    return null;
  }
  String(args: Args, reply: Reply<string>): void {
    reply.value = `${args.A}+${args.B}=${args.A + args.B}`;
  }
  Scan(args: string, reply: Reply<number>): void {
    reply.value = Number(args);
  }
  Throw(_args: unknown, _reply: Reply<null>): void {
    throw new Error("thrown");
  }
  async Reject(_args: unknown, _reply: Reply<null>): Promise<void> {
    await Promise.resolve();
    throw new Error("rejected");
  }
  /** Not exported, as Go would say. */
  secret(_args: unknown, reply: Reply<string>): void {
    reply.value = "secret";
  }
}

/** Calls that wait until the test lets them go. */
export class Gate {
  readonly waiting: Reply<string>[] = [];
  readonly #open: (() => void)[] = [];
  #onWait: (() => void)[] = [];

  async Wait(name: string, reply: Reply<string>): Promise<void> {
    this.waiting.push(reply);
    const opened = new Promise<void>((resolve) => this.#open.push(resolve));
    for (const resolve of this.#onWait.splice(0)) resolve();
    await opened;
    reply.value = name;
  }

  /** Resolves when so many calls wait. */
  async holds(n: number): Promise<void> {
    while (this.waiting.length < n) await new Promise<void>((resolve) => this.#onWait.push(resolve));
  }
  /** Lets the call that came as number `at` go. */
  open(at: number): void {
    this.#open[at]?.();
  }
  openAll(): void {
    for (const open of this.#open) open();
  }
}

/** A client and a server in memory. */
export function connected(
  services: object[] = [new Arith()],
  options: { server?: ServerOptions; client?: NewClientOptions } = {},
): { client: Client; server: Server; served: Promise<void>; hangUp: () => void } {
  const [ours, theirs] = pipe();
  const server = new Server(options.server);
  for (const service of services) server.register(service);
  const served = server.serveConn(theirs);
  return { client: newClient(ours, options.client), server, served, hangUp: () => theirs.close() };
}
