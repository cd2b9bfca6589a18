import { WebSocket } from "ws";
import type { Contender } from "../rpc/contender.js";
import { load } from "./load.js";
import { connect, listen } from "./sockets.js";

interface Stub {
  multiply(a: number, b: number): Promise<number>;
  echo(text: string): Promise<string>;
}
interface CapnWeb {
  RpcTarget: new () => object;
  newWebSocketRpcSession(socket: unknown, main?: object): Stub;
}

function library(): CapnWeb {
  globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket; // it asks for one, which Node 20 has not
  return load<CapnWeb>("capnweb");
}

export const capnweb: Contender = {
  async serve() {
    const { RpcTarget, newWebSocketRpcSession } = library();
    class Arith extends RpcTarget {
      multiply(a: number, b: number): number {
        return a * b;
      }
      echo(text: string): string {
        return text;
      }
    }
    const { wss, url } = await listen();
    wss.on("connection", (socket) => newWebSocketRpcSession(socket, new Arith()));
    return url;
  },
  async connect(url) {
    const socket = await connect(url);
    const stub = library().newWebSocketRpcSession(socket);
    return {
      multiply: (a, b) => stub.multiply(a, b),
      echo: (text) => stub.echo(text),
      close: () => socket.close(),
    };
  },
};
