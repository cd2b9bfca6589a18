// Calls Arith, here or in Go: `npm run example arith/client tcp|http|jsonrpc [ADDRESS]`
import * as rpc from "toolkit/rpc";
import { contract } from "./arith.js";

const [protocol = "tcp", address = "127.0.0.1:8080"] = process.argv.slice(2);
const client = await dial();
const arith = client.service(contract);

// Waits for the reply.
process.stdout.write(`Arith: 7*8=${await arith.Multiply({ A: 7, B: 8 })}\n`);

// Calls now, and waits later: any number may be under way on one connection.
const division = arith.Divide({ A: 17, B: 5 });
const failure = arith.Divide({ A: 1, B: 0 }).catch((err: unknown) => err);
const { Quo, Rem } = await division;
process.stdout.write(`Arith: 17/5=${Quo}, ${Rem} left\n`);
process.stdout.write(`Arith: 1/0: ${((await failure) as Error).message}\n`);
client.close();

function dial(): Promise<rpc.Client> {
  switch (protocol) {
    case "tcp":
      return rpc.dial("tcp", address, { codec: "gob" });
    case "http":
      return rpc.dialHTTP("tcp", address, { codec: "gob" }); // CONNECT on /_goRPC_, and gob behind it
    case "jsonrpc":
      return rpc.dial("tcp", address, { codec: "jsonrpc" });
    default:
      throw new RangeError(`No such protocol: ${protocol}; there are tcp, http and jsonrpc`);
  }
}
