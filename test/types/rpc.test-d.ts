// Checked by `tsc -p .`: nothing here runs.
import { int, struct } from "toolkit/gob";
import type { Bytes, Closer, Conn, Reader, StreamConn, Writer } from "toolkit/net";
import {
  type Caller,
  type CallOptions,
  type Client,
  defaultServer,
  dial,
  type Implementation,
  type InterceptedCall,
  method,
  newClient,
  type Peer,
  type Registrable,
  type RemoteService,
  type Reply,
  type ReplyStream,
  register,
  Server,
  type ServerError,
  type ServiceMethod,
  type StreamName,
  type StreamOptions,
  service,
  stream,
} from "toolkit/rpc";
import type { TCPConn } from "toolkit/tcp";
import { expectTypeOf } from "vitest";
import { z } from "zod";

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

// A class of the docs serves a contract, though its methods say less, or more, than the contract does.
const ArgsSchema = struct("Args", { A: int, B: int });
const arithContract = service("Arith", {
  Multiply: method(ArgsSchema, int),
  Divide: method(ArgsSchema, struct({ Quo: int, Rem: int })),
});
new Server().register(new Arith(), arithContract);
new Server().registerName("Other", new Arith(), arithContract);
register(new Arith(), arithContract);
defaultServer.registerName("Other", new Arith(), arithContract);
expectTypeOf<Arith>().toExtend<Implementation<typeof arithContract>>();
const Divide = (_args: Args, _reply: Reply<{ Quo: number; Rem: number }>): void => {};
const ofText = (_args: string, _reply: Reply<number>): void => {};
const toText = (_args: Args, _reply: Reply<string>): void => {};
const returning = (_args: Args, _reply: Reply<number>): number => 5;
// @ts-expect-error no method for Divide
new Server().register({ Multiply: Divide }, arithContract);
// @ts-expect-error a reply of another type
new Server().register({ Divide, Multiply: toText }, arithContract);
// @ts-expect-error arguments of another type
new Server().register({ Divide, Multiply: ofText }, arithContract);
// @ts-expect-error a result that is neither nothing nor an error
new Server().register({ Divide, Multiply: returning }, arithContract);

const contracted = client.service(arithContract);
expectTypeOf<keyof typeof contracted>().toEqualTypeOf<"Multiply" | "Divide">();
expectTypeOf(contracted.Multiply({ A: 7, B: 8 })).toEqualTypeOf<Promise<number>>();
expectTypeOf(contracted.Divide({ A: 7, B: 8 })).resolves.toEqualTypeOf<{ Quo: number; Rem: number }>();
// @ts-expect-error an argument of another type
void contracted.Multiply({ A: "7", B: 8 });
// @ts-expect-error no such method
void contracted.Nothing;

// zod: what is sent is the input, what arrives the output.
const zodContract = service("Users", {
  Find: method(
    z.object({ id: z.string().transform(Number), limit: z.number().default(5) }),
    z.object({ at: z.coerce.date() }),
  ),
  Watch: stream(z.string(), z.number().transform(String)),
});
const users = client.service(zodContract);
expectTypeOf(users.Find).parameter(0).toEqualTypeOf<{ id: string; limit?: number | undefined }>();
expectTypeOf(users.Find({ id: "5" })).toEqualTypeOf<Promise<{ at: Date }>>();
expectTypeOf(users.Watch("x")).toEqualTypeOf<AsyncIterableIterator<string>>();
new Server().register(
  {
    Find(args: { id: number; limit: number }, reply: Reply<{ at: unknown }>): void {
      reply.value = { at: args.id };
    },
    async Watch(_args: string, reply: ReplyStream<number>): Promise<void> {
      await reply.send(1);
    },
  },
  zodContract,
);
const manyReplies = async (_args: unknown, _reply: ReplyStream<unknown>): Promise<void> => {};
// @ts-expect-error many replies where the contract has one
new Server().register({ Find: manyReplies, Watch: manyReplies }, zodContract);

// Streams of a class must be named, and are read with `for await`; names that are none are refused.
class Feed {
  async Count(args: { To: number }, reply: ReplyStream<number>): Promise<void> {
    for (let n = 1; n <= args.To; n++) await reply.send(n);
  }
  One(_args: null, _reply: Reply<string>): void {}
}
const feed = client.service<Feed>("Feed", { streams: ["Count"] });
expectTypeOf(feed.Count({ To: 3 })).toEqualTypeOf<AsyncIterableIterator<number>>();
expectTypeOf(feed.One(null)).toEqualTypeOf<Promise<string>>();
expectTypeOf(feed.Count).parameter(1).toEqualTypeOf<StreamOptions | undefined>();
expectTypeOf<StreamName<Feed>>().toEqualTypeOf<"Count">();
expectTypeOf<StreamName<Arith>>().toEqualTypeOf<never>();
// @ts-expect-error the streams of the class are not named
client.service<Feed>("Feed");
// @ts-expect-error a method that replies once
client.service<Feed>("Feed", { streams: ["One"] });
// @ts-expect-error a window is for streams
void feed.One(null, { window: 3 });
new Server().register(new Feed());

// What can be registered: anything with a method that keeps the rules; what is known to have none is refused.
expectTypeOf<Registrable<Arith>>().toEqualTypeOf<Arith>();
new Server().register({} as object);
// @ts-expect-error no method at all
new Server().register({ value: 5 });
// @ts-expect-error none that is exported
new Server().register({ lower(_args: Args, _reply: Reply<number>): void {} });
// @ts-expect-error none with two parameters
new Server().register({ One(_args: Args): void {}, Three(_a: Args, _b: Reply, _c: number): void {} });
// @ts-expect-error none that returns nothing or an error
new Server().register({ Returns: (_args: Args, _reply: Reply<number>) => 5 });
// @ts-expect-error the class in place of an instance
new Server().register(Arith);

// Inherited methods count; a method of any kind of types is one.
class Base {
  Exported(_args: Args, _reply: Reply<number>): void {}
}
class Derived extends Base {
  Own(_args: Args, _reply: Reply<string>): void {}
}
const derived = client.service<Derived>("Derived");
expectTypeOf<keyof typeof derived>().toEqualTypeOf<"Exported" | "Own">();
interface Wide {
  Union(args: string | number, reply: Reply<string | null>): void | Error;
  Unknown(args: unknown, reply: Reply): null;
  Never(args: Args, reply: Reply<number>): never;
  Any(args: Args, reply: Reply<number>): unknown;
  readonly 5: (args: Args, reply: Reply<number>) => void;
  readonly [Symbol.iterator]: (args: Args, reply: Reply<number>) => void;
}
expectTypeOf<keyof RemoteService<Wide>>().toEqualTypeOf<"Union" | "Unknown" | "Never">();
expectTypeOf<RemoteService<Wide>["Union"]>().parameter(0).toEqualTypeOf<string | number>();
expectTypeOf<RemoteService<Wide>["Union"]>().returns.toEqualTypeOf<Promise<string | null>>();
expectTypeOf<RemoteService<Wide>["Unknown"]>().returns.toEqualTypeOf<Promise<unknown>>();

// Both ends of one connection: a peer is a client, and a caller is what a method may call back.
expectTypeOf<Peer>().toExtend<Client>();
expectTypeOf<Client>().toExtend<Caller>();
expectTypeOf<Reply["call"]["caller"]>().toEqualTypeOf<Caller | null>();
expectTypeOf(({} as Caller).service<Feed>("Feed", { streams: ["Count"] }).Count).toEqualTypeOf(feed.Count);

// Nothing is `any`.
expectTypeOf<Reply["value"]>().toBeUnknown();
expectTypeOf<ServerError["data"]>().toBeUnknown();
expectTypeOf<InterceptedCall["args"]>().toBeUnknown();
expectTypeOf(client.stream("A.B", null)).toEqualTypeOf<AsyncIterableIterator<unknown>>();
expectTypeOf(client.go("A.B", null).reply.value).toBeUnknown();
