import type { EventEmitter } from "node:events";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Contender } from "../rpc/contender.js";
import { load } from "./load.js";

interface RPCWebSockets {
  Server: new (options: {
    port: number;
    host: string;
  }) => EventEmitter & {
    readonly wss: { address(): AddressInfo };
    register(method: string, handler: (params: never) => unknown): unknown;
  };
  Client: new (
    url: string,
  ) => {
    on(event: "open", listener: () => void): void;
    call(method: string, params: unknown): Promise<unknown>;
    close(): void;
  };
}

export const rpcWebSockets: Contender = {
  async serve() {
    const { Server } = load<RPCWebSockets>("rpc-websockets");
    const server = new Server({ port: 0, host: "127.0.0.1" });
    await once(server, "listening");
    server.register("multiply", (args: { A: number; B: number }) => args.A * args.B);
    server.register("echo", ([text]: [string]) => text);
    return `ws://127.0.0.1:${server.wss.address().port}`;
  },
  async connect(url) {
    const { Client } = load<RPCWebSockets>("rpc-websockets");
    const client = new Client(url);
    await new Promise<void>((resolve) => client.on("open", resolve));
    return {
      multiply: (A, B) => client.call("multiply", { A, B }) as Promise<number>,
      echo: (text) => client.call("echo", [text]) as Promise<string>,
      close: () => client.close(),
    };
  },
};
