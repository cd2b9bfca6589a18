import { int, struct } from "toolkit/gob";
import * as rpc from "toolkit/rpc";

// Go's types, as both ends see them: the fields have the names that they have in Go.
const Args = struct("Args", { A: int, B: int });
const Quotient = struct("Quotient", { Quo: int, Rem: int });

/** What there is to call. */
export const contract = rpc.service("Arith", {
  Multiply: rpc.method(Args, int),
  Divide: rpc.method(Args, Quotient),
});

/** Serves it: methods have the shape that they have in Go, and return an error, or nothing. */
export const arith: rpc.Implementation<typeof contract> = {
  Multiply({ A, B }, reply) {
    reply.value = A * B;
  },
  Divide({ A, B }, reply) {
    if (B === 0) return new Error("divide by zero");
    reply.value = { Quo: Math.trunc(A / B), Rem: A % B };
    return null;
  },
};
