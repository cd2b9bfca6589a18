import { type CodecName, dial, method, type Reply, Server, service } from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import { int, string, struct } from "../../src/gob/index.js";
import type { Calls, Contender } from "./contender.js";

interface Args {
  A: number;
  B: number;
}

class Arith {
  Multiply(args: Args, reply: Reply<number>): void {
    reply.value = args.A * args.B;
  }
  Echo(text: string, reply: Reply<string>): void {
    reply.value = text;
  }
}

/** The same, by promises. */
class Later {
  async Multiply(args: Args, reply: Reply<number>): Promise<void> {
    await Promise.resolve();
    reply.value = args.A * args.B;
  }
  async Echo(text: string, reply: Reply<string>): Promise<void> {
    await Promise.resolve();
    reply.value = text;
  }
}

const arith = service("Arith", {
  Multiply: method(struct("Args", { A: int, B: int }), int),
  Echo: method(string, string),
});

/** How ours is to be used. */
interface Way {
  readonly codec: CodecName;
  /** Whether both ends hold a contract. */
  readonly contract?: boolean;
  /** Whether methods answer by promises. */
  readonly later?: boolean;
}

/** Ours over TCP. */
export function ours({ codec, contract = false, later = false }: Way): Contender {
  return {
    async serve() {
      const server = new Server();
      const methods = later ? new Later() : new Arith();
      if (contract) server.register(methods, arith);
      else server.registerName("Arith", methods);
      const listener = await tcp.listen("127.0.0.1:0");
      void acceptAll(server, listener, codec);
      return listener.addr.toString();
    },
    async connect(address): Promise<Calls> {
      const client = await dial("tcp", address, { codec });
      const close = () => client.close();
      if (!contract) {
        return {
          multiply: (A, B) => client.call<number>("Arith.Multiply", { A, B }),
          echo: (text) => client.call<string>("Arith.Echo", text),
          close,
        };
      }
      const { Multiply, Echo } = client.service(arith);
      return { multiply: (A, B) => Multiply({ A, B }), echo: (text) => Echo(text), close };
    },
  };
}

async function acceptAll(server: Server, listener: tcp.TCPListener, codec: CodecName): Promise<void> {
  for await (const conn of listener) void server.serveConn(conn, { codec });
}
