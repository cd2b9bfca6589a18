import type { Contender } from "../rpc/contender.js";
import { load } from "./load.js";

type Callback<R> = (err: Error | null, reply: R) => void;
type Handler<A, R> = (call: { request: A }, callback: Callback<R>) => void;

interface Product {
  C: number;
}
interface Text {
  text: string;
}

interface Stub {
  Multiply(args: { A: number; B: number }, callback: Callback<Product>): void;
  Echo(args: Text, callback: Callback<Text>): void;
  waitForReady(deadline: number, callback: (err?: Error) => void): void;
  close(): void;
}

interface GRPC {
  Server: new () => {
    addService(service: unknown, methods: Record<string, Handler<never, unknown>>): void;
    bindAsync(address: string, credentials: unknown, callback: (err: Error | null, port: number) => void): void;
  };
  ServerCredentials: { createInsecure(): unknown };
  credentials: { createInsecure(): unknown };
  loadPackageDefinition(definition: unknown): {
    Arith: { new (address: string, credentials: unknown): Stub; service: unknown };
  };
}

const field = (type: string, id: number) => ({ type, id });
const proto = {
  nested: {
    Args: { fields: { A: field("int32", 1), B: field("int32", 2) } },
    Product: { fields: { C: field("int32", 1) } },
    Text: { fields: { text: field("string", 1) } },
    Arith: {
      methods: {
        Multiply: { requestType: "Args", responseType: "Product" },
        Echo: { requestType: "Text", responseType: "Text" },
      },
    },
  },
};

function library() {
  const grpc = load<GRPC>("@grpc/grpc-js");
  const loader = load<{ fromJSON(json: unknown, options: object): unknown }>("@grpc/proto-loader");
  const { Arith } = grpc.loadPackageDefinition(loader.fromJSON(proto, { keepCase: true }));
  return { grpc, Arith };
}

/** Makes a call by a callback one by a promise. */
function promised<A, R>(call: (args: A, callback: Callback<R>) => void): (args: A) => Promise<R> {
  return (args) =>
    new Promise((resolve, reject) => call(args, (err, reply) => (err === null ? resolve(reply) : reject(err))));
}

const multiply: Handler<{ A: number; B: number }, Product> = ({ request }, callback) =>
  callback(null, { C: request.A * request.B });
const echo: Handler<Text, Text> = ({ request }, callback) => callback(null, request);

export const grpc: Contender = {
  serve() {
    const { grpc, Arith } = library();
    const server = new grpc.Server();
    server.addService(Arith.service, { Multiply: multiply, Echo: echo });
    return new Promise((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (err, port) =>
        err === null ? resolve(`127.0.0.1:${port}`) : reject(err),
      ),
    );
  },
  async connect(address) {
    const { grpc, Arith } = library();
    const stub = new Arith(address, grpc.credentials.createInsecure());
    await new Promise<void>((resolve, reject) =>
      stub.waitForReady(Date.now() + 5000, (err) => (err === undefined ? resolve() : reject(err))),
    );
    const multiply = promised(stub.Multiply.bind(stub));
    const echo = promised(stub.Echo.bind(stub));
    return {
      multiply: async (A, B) => (await multiply({ A, B })).C,
      echo: async (text) => (await echo({ text })).text,
      close: () => stub.close(),
    };
  },
};
