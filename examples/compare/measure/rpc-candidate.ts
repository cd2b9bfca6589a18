import { createServer } from "node:http";
import { type Client, type CodecName, dialHTTP, newClient, newClientWithCodec, PostClientCodec } from "toolkit/rpc";
import { CallClient, type Caller } from "./call-client.js";
import type { Candidate, Served } from "./candidate.js";
import { echoContract, newEchoServer } from "./echo-service.js";
import { holdHTTP } from "./hold-http.js";
import { serveHTTP } from "./serve-http.js";
import { serving } from "./serving.js";
import { type Place, transports } from "./transports.js";

/** What calls travel over: conns, or an HTTP server that is asked to CONNECT. */
export type RPCOver = "tcp" | "http" | "ws";

interface Way {
  serve(place: Place): Promise<Served>;
  dial(address: string, codec: CodecName, place: Place): Promise<Client>;
}

const ways: Readonly<Record<RPCOver, Way>> = {
  tcp: overConns("tcp"),
  http: {
    serve: () => {
      const server = createServer();
      newEchoServer().handleHTTP(server);
      return serveHTTP(server);
    },
    dial: (address, codec, { signal }) => dialHTTP("tcp", address, { codec, signal }),
  },
  ws: overConns("ws"),
};

/** Makes the row of a codec: each message is a call of a method. */
export function rpcCandidate(over: RPCOver, codec: CodecName): Candidate {
  return {
    name: `rpc-${over}-${codec}`,
    group: "rpc",
    side: "toolkit",
    carrier: "tcp",
    serve: ways[over].serve,
    connect: async (address, load, place) =>
      new CallClient(callerOf(await ways[over].dial(address, codec, place)), load),
  };
}

/** Is JSON-RPC 2.0 by POST: each message is a request of its own, in keep-alive. */
export const postCandidate: Candidate = {
  name: "rpc-post-jsonrpc2",
  group: "rpc",
  side: "toolkit",
  carrier: "tcp",
  maxBurst: 8,
  countedMessages: 100,
  serve: () => serveHTTP(createServer(newEchoServer().httpHandler())),
  connect: (address, load) => {
    const client = newClientWithCodec(new PostClientCodec(`http://${address}/`));
    return Promise.resolve(new CallClient(callerOf(client), load));
  },
  hold: (address, { signal }) => holdHTTP(address, postBody, signal),
};

/** A call of the method, for a connection that is held. */
const postBody = {
  path: "/",
  contentType: "application/json",
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "Echo.Send", params: ["AAAA"] }),
};

function overConns(transport: "tcp" | "ws"): Way {
  const { listen, dial } = transports[transport];
  return {
    serve: async (place) => {
      const listener = await listen(place);
      return serving(listener, newEchoServer().accept(listener));
    },
    dial: async (address, codec, place) => newClient(await dial(address, place), { codec }),
  };
}

function callerOf(client: Client): Caller {
  const { Send } = client.service(echoContract);
  return { call: (message) => Send(message), close: () => client.close(), closed: client.closed };
}
