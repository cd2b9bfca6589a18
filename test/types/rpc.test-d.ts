// Checked by `tsc -p .`: nothing here runs.
import type { Bytes, Closer, Conn, Reader, StreamConn, Writer } from "toolkit/net";
import {
  type CallOptions,
  type Client,
  dial,
  newClient,
  type RemoteService,
  type Reply,
  Server,
  type ServiceMethod,
} from "toolkit/rpc";
import type { TCPConn } from "toolkit/tcp";
import { expectTypeOf } from "vitest";

interface Args {
  A: number;
  B: number;
}

class Arith {
  Multiply(args: Args, reply: Reply<number>): void {
    reply.value = args.A * args.B;
  }
  Divide(_args: Args, _reply: Reply<{ Quo: number; Rem: number }>): Error | null {
    return null;
  }
  async Sleep(_args: number, _reply: Reply<string | undefined>): Promise<Error | undefined> {
    await Promise.resolve();
    return undefined;
  }
  Own = (_args: string[], _reply: Reply<Bytes>): void => {};
  Übung(_args: null, _reply: Reply<boolean>): void {}

  One(_args: Args): void {}
  Three(_args: Args, _reply: Reply<number>, _more: number): void {}
  Optional(_args: Args, _reply?: Reply<number>): void {}
  Rest(..._args: Reply<number>[]): void {}
  NoReply(_args: Args, _reply: number): void {}
  Returns(_args: Args, _reply: Reply<number>): number {
    return 1;
  }
  async Resolves(_args: Args, _reply: Reply<number>): Promise<string> {
    await Promise.resolve();
    return "";
  }
  lower(_args: Args, _reply: Reply<number>): void {}
  _Under(_args: Args, _reply: Reply<number>): void {}
  Value = 5;
  #Hidden(_args: Args, _reply: Reply<number>): void {}
  use(): void {
    this.#Hidden({ A: 1, B: 2 }, {} as Reply<number>);
  }
}

declare const client: Client;
const arith = client.service<Arith>("Arith");

// A remote service has the methods that keep the rules, and no others.
expectTypeOf<keyof typeof arith>().toEqualTypeOf<"Multiply" | "Divide" | "Sleep" | "Own" | "Übung">();
expectTypeOf(arith).toEqualTypeOf<RemoteService<Arith>>();
expectTypeOf(arith.Multiply({ A: 7, B: 8 })).toEqualTypeOf<Promise<number>>();
expectTypeOf(arith.Divide).toEqualTypeOf<
  (args: Args, options?: CallOptions<{ Quo: number; Rem: number }>) => Promise<{ Quo: number; Rem: number }>
>();
expectTypeOf(arith.Sleep(5)).toEqualTypeOf<Promise<string | undefined>>();
expectTypeOf(arith.Own(["a"])).toEqualTypeOf<Promise<Bytes>>();
// @ts-expect-error an argument of another type
void arith.Multiply({ A: "7", B: 8 });
// @ts-expect-error no argument
void arith.Multiply();
// @ts-expect-error not exported
void arith.lower;
expectTypeOf<typeof arith extends PromiseLike<unknown> ? true : false>().toEqualTypeOf<false>();

// A method of a class is a ServiceMethod.
expectTypeOf<Arith["Multiply"]>().toExtend<ServiceMethod<Args, number>>();
expectTypeOf<Arith["Divide"]>().toExtend<ServiceMethod<Args, { Quo: number; Rem: number }>>();
expectTypeOf<Arith["Sleep"]>().toExtend<ServiceMethod<number, string | undefined>>();

// Calls know their reply's type when told.
expectTypeOf(client.call("Arith.Multiply", {})).toEqualTypeOf<Promise<unknown>>();
expectTypeOf(client.call<number>("Arith.Multiply", {})).toEqualTypeOf<Promise<number>>();
expectTypeOf(client.call("Arith.Multiply", {}, { reply: {} as Reply<number> })).toEqualTypeOf<Promise<number>>();
expectTypeOf(client.go("Arith.Multiply", {}, {} as Reply<number>).done)
  .resolves.toHaveProperty("reply")
  .toEqualTypeOf<Reply<number>>();

// Anything that reads, writes and closes will do.
expectTypeOf(newClient).parameter(0).toEqualTypeOf<Reader & Writer & Closer>();
expectTypeOf<Conn>().toExtend<Parameters<Server["serveConn"]>[0]>();
expectTypeOf<StreamConn>().toExtend<Parameters<typeof newClient>[0]>();
expectTypeOf<{ accept(): Promise<TCPConn>; close(): void }>().toExtend<Parameters<Server["accept"]>[0]>();
expectTypeOf(dial).returns.toEqualTypeOf<Promise<Client>>();
new Server().register(new Arith());
// @ts-expect-error no object
new Server().register(5);
