// The services of interop/go/netrpc, and of Go's own tests of net/rpc, as contracts and as classes.
import {
  array,
  bool,
  bytes,
  complex128,
  float64,
  type Infer,
  int,
  int8,
  int64,
  map,
  optional,
  slice,
  string,
  struct,
  time,
  uint64,
} from "toolkit/gob";
import { ClosedError } from "toolkit/net";
import { type ConnListener, method, type Reply as RPCReply, type Server, service } from "toolkit/rpc";

export const Args = struct("Args", { A: int, B: int });
export const Quotient = struct("Quotient", { Quo: int, Rem: int });
export const Reply = struct("Reply", { C: int });
export const Kinds = struct("Kinds", {
  Bool: bool,
  Small: int8,
  Minus: int,
  Big: int64,
  Huge: uint64,
  Float: float64,
  Complex: complex128,
  Text: string,
  Bytes: bytes,
  List: slice(int),
  Pair: array(2, string),
  Table: map(string, int),
  Nothing: optional(int),
  Nested: Quotient,
  Time: time,
});

const arithMethods = {
  Multiply: method(Args, int),
  Divide: method(Args, Quotient),
  Add: method(Args, Reply),
  Mul: method(Args, Reply),
  String: method(Args, string),
  Scan: method(string, Reply),
  SleepMilli: method(Args, Reply),
};
export const arith = service("Arith", arithMethods);
export const dotted = service("net.rpc.Arith", arithMethods);
export const embed = service("Embed", { Exported: method(Args, Reply) });
export const builtinTypes = service("BuiltinTypes", {
  Map: method(Args, map(int, int)),
  Slice: method(Args, slice(int)),
  Array: method(Args, array(2, int)),
  NoMap: method(Args, map(int, int)),
  NoSlice: method(Args, slice(int)),
});
export const echo = service("Echo", {
  Kinds: method(Kinds, Kinds),
  Text: method(string, string),
  Table: method(map(string, int), map(string, int)),
  Bytes: method(bytes, bytes),
});
export const odd = service("Odd", {
  NoMessage: method(Args, int),
  Unencodable: method(Args, Reply),
  NoReply: method(Args, Reply),
});

type Operands = Infer<typeof Args>;
type Sum = Infer<typeof Reply>;

export class Arith {
  Multiply(args: Operands, reply: RPCReply<number>): void {
    reply.value = args.A * args.B;
  }
  Divide(args: Operands, reply: RPCReply<Infer<typeof Quotient>>): Error | null {
    if (args.B === 0) return new Error("divide by zero");
    reply.value = { Quo: Math.trunc(args.A / args.B), Rem: args.A % args.B };
    return null;
  }
  Add(args: Operands, reply: RPCReply<Sum>): void {
    reply.value = { C: args.A + args.B };
  }
  async Mul(args: Operands, reply: RPCReply<Sum>): Promise<void> {
    await Promise.resolve();
    reply.value = { C: args.A * args.B };
  }
  String(args: Operands, reply: RPCReply<string>): void {
    reply.value = `${args.A}+${args.B}=${args.A + args.B}`;
  }
  Scan(args: string, reply: RPCReply<Sum>): void {
    reply.value = { C: Number(args) };
  }
  async SleepMilli(args: Operands, reply: RPCReply<Sum>): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, args.A));
    reply.value = { C: 0 };
  }
}

class Hidden {
  Exported(args: Operands, reply: RPCReply<Sum>): void {
    reply.value = { C: args.A + args.B };
  }
}
export class Embed extends Hidden {}

export class BuiltinTypes {
  Map(args: Operands, reply: RPCReply<Map<number, number>>): void {
    reply.value = new Map([[args.A, args.B]]);
  }
  Slice(args: Operands, reply: RPCReply<number[]>): void {
    reply.value = [args.A, args.B];
  }
  Array(args: Operands, reply: RPCReply<number[]>): void {
    reply.value = [args.A, args.B];
  }
  NoMap(_args: Operands, _reply: RPCReply<Map<number, number>>): void {}
  NoSlice(_args: Operands, _reply: RPCReply<number[]>): void {}
}

export class Echo {
  Kinds(args: Infer<typeof Kinds>, reply: RPCReply<Infer<typeof Kinds>>): void {
    reply.value = args;
  }
  Text(args: string, reply: RPCReply<string>): void {
    reply.value = args;
  }
  Table(args: Map<string, number>, reply: RPCReply<Map<string, number>>): void {
    reply.value = args;
  }
  Bytes(args: Uint8Array<ArrayBuffer>, reply: RPCReply<Uint8Array<ArrayBuffer>>): void {
    reply.value = args;
  }
}

export class Odd {
  NoMessage(_args: Operands, _reply: RPCReply<number>): Error {
    return new Error("");
  }
  Unencodable(_args: Operands, reply: RPCReply): void {
    reply.value = { C: "no number" };
  }
  NoReply(_args: Operands, _reply: RPCReply<Sum>): void {}
}

/** Serves all connections of a listener in gob. */
export async function acceptGob(server: Server, listener: ConnListener): Promise<void> {
  try {
    for (;;) void server.serveConn(await listener.accept(), { codec: "gob" });
  } catch (err) {
    if (!(err instanceof ClosedError)) throw err;
  }
}
