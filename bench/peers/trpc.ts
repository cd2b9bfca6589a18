import { WebSocket } from "ws";
import type { Contender } from "../rpc/contender.js";
import { load } from "./load.js";
import { listen } from "./sockets.js";

interface Procedure {
  input<A>(parse: (input: unknown) => A): { query(resolve: (options: { input: A }) => unknown): unknown };
}
interface TRPCServer {
  initTRPC: { create(): { procedure: Procedure; router(procedures: Record<string, unknown>): unknown } };
}
interface Adapter {
  applyWSSHandler(options: { wss: unknown; router: unknown }): unknown;
}
interface TRPCClient {
  createWSClient(options: { url: string; WebSocket: unknown }): { close(): unknown };
  wsLink(options: { client: unknown }): unknown;
  createTRPCClient(options: { links: readonly unknown[] }): {
    multiply: { query(args: { A: number; B: number }): Promise<number> };
    echo: { query(text: string): Promise<string> };
  };
}

export const trpc: Contender = {
  async serve() {
    const { procedure, router } = load<TRPCServer>("@trpc/server").initTRPC.create();
    const arith = router({
      multiply: procedure.input((args) => args as { A: number; B: number }).query(({ input }) => input.A * input.B),
      echo: procedure.input(String).query(({ input }) => input),
    });
    const { wss, url } = await listen();
    load<Adapter>("@trpc/server/adapters/ws").applyWSSHandler({ wss, router: arith });
    return url;
  },
  connect(url) {
    const { createWSClient, wsLink, createTRPCClient } = load<TRPCClient>("@trpc/client");
    const socket = createWSClient({ url, WebSocket });
    const client = createTRPCClient({ links: [wsLink({ client: socket })] });
    return Promise.resolve({
      multiply: (A: number, B: number) => client.multiply.query({ A, B }),
      echo: (text: string) => client.echo.query(text),
      close: () => socket.close(),
    });
  },
};
