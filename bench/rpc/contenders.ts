import type { Contender } from "./contender.js";
import { ours } from "./ours.js";

/** By name; each is loaded only where it is asked for. */
export const contenders: Readonly<Record<string, () => Promise<Contender>>> = {
  msgpack: () => Promise.resolve(ours({ codec: "msgpack" })),
  "msgpack-contract": () => Promise.resolve(ours({ codec: "msgpack", contract: true })),
  "msgpack-contract-later": () => Promise.resolve(ours({ codec: "msgpack", contract: true, later: true })),
  gob: () => Promise.resolve(ours({ codec: "gob" })),
  "gob-contract": () => Promise.resolve(ours({ codec: "gob", contract: true })),
  jsonrpc: () => Promise.resolve(ours({ codec: "jsonrpc" })),
  jsonrpc2: () => Promise.resolve(ours({ codec: "jsonrpc2" })),
  grpc: async () => (await import("../peers/grpc.js")).grpc,
  jayson: async () => (await import("../peers/jayson.js")).jayson,
  "rpc-websockets": async () => (await import("../peers/rpc-websockets.js")).rpcWebSockets,
  trpc: async () => (await import("../peers/trpc.js")).trpc,
  capnweb: async () => (await import("../peers/capnweb.js")).capnweb,
  "json-rpc-2.0": async () => (await import("../peers/json-rpc.js")).jsonRPC,
};
