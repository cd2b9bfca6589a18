import type { Contender } from "../rpc/contender.js";
import { load } from "./load.js";
import { connect, listen } from "./sockets.js";

interface JSONRPC {
  JSONRPCServer: new () => {
    addMethod(name: string, method: (params: never) => unknown): void;
    receiveJSON(json: string): Promise<unknown>;
  };
  JSONRPCClient: new (
    send: (request: unknown) => void,
  ) => {
    request(method: string, params: unknown): Promise<unknown>;
    receive(response: unknown): void;
  };
}

/** On a WebSocket, as its own documentation shows. */
export const jsonRPC: Contender = {
  async serve() {
    const { JSONRPCServer } = load<JSONRPC>("json-rpc-2.0");
    const server = new JSONRPCServer();
    server.addMethod("multiply", (args: { A: number; B: number }) => args.A * args.B);
    server.addMethod("echo", ([text]: [string]) => text);
    const { wss, url } = await listen();
    wss.on("connection", (socket) =>
      socket.on("message", (data) => {
        void server
          .receiveJSON((data as Buffer).toString())
          .then((response) => response !== null && socket.send(JSON.stringify(response)));
      }),
    );
    return url;
  },
  async connect(url) {
    const { JSONRPCClient } = load<JSONRPC>("json-rpc-2.0");
    const socket = await connect(url);
    const client = new JSONRPCClient((request) => socket.send(JSON.stringify(request)));
    socket.on("message", (data) => client.receive(JSON.parse((data as Buffer).toString())));
    return {
      multiply: (A, B) => client.request("multiply", { A, B }) as Promise<number>,
      echo: (text) => client.request("echo", [text]) as Promise<string>,
      close: () => socket.close(),
    };
  },
};
