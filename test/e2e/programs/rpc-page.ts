// What the page of test/e2e/rpc.test.ts has: the two subpaths from one bundle, so that both have one class of each.
import { int, struct } from "toolkit/gob";
import * as rpc from "toolkit/rpc";
import { method, service } from "toolkit/rpc";
import * as ws from "toolkit/ws";

const Operands = struct("Args", { A: int, B: int });
const contract = service("Strict", { Multiply: method(Operands, int) });

export { contract, rpc, ws };
