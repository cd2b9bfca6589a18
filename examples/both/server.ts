import * as rest from "toolkit/rest";
import * as rpc from "toolkit/rpc";
import type { Running } from "../shared/run-server.js";
import { contract, geo } from "./geo.js";

/** Serves one implementation as RPC and as REST, on one port, and a page that describes the REST side. */
export async function serveBoth(address: string): Promise<Running> {
  const represent = [rest.json, rest.xml, rest.text];
  const resources = rest.fromService(contract, geo);
  const description = rest.openapiResource("/{$}", resources, { title: "Geo", version: "1", represent });
  const server = await rest.serve(address, rest.handler({ resources: [...resources, description], represent }));

  const calls = new rpc.Server();
  calls.register(geo, contract);
  calls.handleHTTP(server.server); // CONNECT on /_goRPC_, as Go's rpc.HandleHTTP

  const stop = async () => {
    await calls.shutdown({ graceMs: 1000 });
    await server[Symbol.asyncDispose]();
  };
  return { url: server.url, [Symbol.asyncDispose]: stop };
}
