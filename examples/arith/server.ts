import * as rpc from "toolkit/rpc";
import * as tcp from "toolkit/tcp";
import type { Running } from "../shared/run-server.js";
import { arith, contract } from "./arith.js";

/** Serves Arith. One port is enough: the first bytes tell whether a client speaks gob, JSON or HTTP. */
export async function serveArith(address: string): Promise<Running> {
  const server = new rpc.Server();
  server.register(arith, contract);
  const listener = await tcp.listen(address);
  void server.accept(listener);
  const stop = () => server.shutdown({ graceMs: 1000 });
  return { url: `http://${listener.addr.toString()}/debug/rpc`, [Symbol.asyncDispose]: stop };
}
