import type { Contender } from "../rpc/contender.js";
import { load } from "./load.js";
import { connect, listen } from "./sockets.js";

type Callback = (err: Error | null, result?: unknown) => void;

interface Jayson {
  Server: new (
    methods: Record<string, (args: never, callback: Callback) => void>,
  ) => {
    websocket(options: { wss: unknown }): unknown;
  };
  Client: {
    websocket(options: { ws: unknown }): {
      request(method: string, params: unknown, callback: (err: Error | null, response: Response) => void): void;
    };
  };
}

interface Response {
  result?: unknown;
  error?: { message: string };
}

/** Over a WebSocket: its TCP client opens a connection for each call. */
export const jayson: Contender = {
  async serve() {
    const { Server } = load<Jayson>("jayson");
    const { wss, url } = await listen();
    new Server({
      multiply: (args: { A: number; B: number }, callback) => callback(null, args.A * args.B),
      echo: ([text]: [string], callback) => callback(null, text),
    }).websocket({ wss });
    return url;
  },
  async connect(url) {
    const socket = await connect(url);
    const client = load<Jayson>("jayson").Client.websocket({ ws: socket });
    const call = <R>(method: string, params: unknown) =>
      new Promise<R>((resolve, reject) =>
        client.request(method, params, (err, { result, error }) =>
          err === null && error === undefined ? resolve(result as R) : reject(err ?? new Error(error?.message)),
        ),
      );
    return {
      multiply: (A, B) => call<number>("multiply", { A, B }),
      echo: (text) => call<string>("echo", [text]),
      close: () => socket.close(),
    };
  },
};
