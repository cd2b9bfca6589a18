// Serves Arith over TCP for bench/rpc-echo.ts: server.ts METHOD. Tells the client which method to call.
import { type Reply, Server } from "toolkit/rpc";
import * as tcp from "toolkit/tcp";

class Arith {
  Multiply(args: { A: number; B: number }, reply: Reply<number>): void {
    reply.value = args.A * args.B;
  }
  /** The same, by a promise. */
  async MultiplyLater(args: { A: number; B: number }, reply: Reply<number>): Promise<void> {
    await Promise.resolve();
    reply.value = args.A * args.B;
  }
}

const server = new Server();
server.register(new Arith());
const listener = await tcp.listen("127.0.0.1:0");
console.log(`READY ${listener.addr.toString()} ${process.argv[2]}`);
await server.accept(listener);
