import { pipe } from "toolkit/net";
import {
  type InterceptedCall,
  type Interceptor,
  newClient,
  type Reply,
  type ReplyStream,
  Server,
  ServerError,
} from "toolkit/rpc";
import { describe, expect, test } from "vitest";
import { Arith } from "./arith.js";

class Feed {
  async Count(n: number, reply: ReplyStream<number>): Promise<void> {
    for (let i = 0; i < n; i++) await reply.send(i);
  }
  Meta(_args: unknown, reply: Reply<object>): void {
    reply.value = reply.call.meta;
  }
  Odd(_args: unknown, _reply: Reply<number>): number {
    return 5;
  }
}

function connect(client: readonly Interceptor[], server: readonly Interceptor[]) {
  const [ours, theirs] = pipe();
  const its = new Server({ interceptors: server });
  its.register(new Arith());
  its.register(new Feed() as object);
  void its.serveConn(theirs, { codec: "msgpack" });
  return newClient(ours, { interceptors: client });
}

const noting =
  (name: string, notes: string[]): Interceptor =>
  async (call, next) => {
    notes.push(`${name} before ${call.kind} ${call.serviceMethod}`);
    const reply = await next(call);
    notes.push(`${name} after ${String(reply)}`);
    return reply;
  };

describe("interceptors", () => {
  test("wrap calls on both sides, the first outermost", async () => {
    const notes: string[] = [];
    using client = connect([noting("c1", notes), noting("c2", notes)], [noting("s1", notes), noting("s2", notes)]);
    expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
    const call = "call Arith.Multiply";
    expect(notes).toEqual([
      `c1 before ${call}`,
      `c2 before ${call}`,
      `s1 before ${call}`,
      `s2 before ${call}`,
      "s2 after 56",
      "s1 after 56",
      "c2 after 56",
      "c1 after 56",
    ]);
    expect(await client.go("Arith.Multiply", { A: 2, B: 3 }).done).toMatchObject({ reply: { value: 6 }, error: null });
    expect(notes).toHaveLength(16);
  });

  test("may change what is sent, what is asked and what is replied", async () => {
    const doubling: Interceptor = async (call, next) => {
      const { A, B } = call.args as { A: number; B: number };
      return ((await next({ ...call, args: { A: A * 2, B } })) as number) + 1;
    };
    const tagging: Interceptor = (call, next) => {
      call.meta["tag"] = "x";
      return next(call);
    };
    using client = connect([doubling], [doubling]);
    expect(await client.call("Arith.Multiply", { A: 1, B: 10 })).toBe(42);
    using tagged = connect([tagging], []);
    expect(await tagged.call("Feed.Meta", null, { meta: { own: "y" } })).toEqual({ tag: "x", own: "y" });
    expect(await tagged.call("Feed.Meta", null)).toEqual({ tag: "x" });
  });

  test("may answer themselves, and fail a call", async () => {
    const refusing: Interceptor = (call, next) => {
      if (call.serviceMethod === "Arith.Add") throw new ServerError("not allowed", { code: "EPERM" });
      return call.serviceMethod === "Arith.Scan" ? 99 : next(call);
    };
    for (const client of [connect([refusing], []), connect([], [refusing])]) {
      await expect(client.call("Arith.Add", { A: 1, B: 2 })).rejects.toMatchObject({
        message: "not allowed",
        code: "EPERM",
      });
      expect(await client.call("Arith.Scan", "1")).toBe(99);
      expect(await client.call("Arith.Multiply", { A: 7, B: 8 })).toBe(56);
      client.close();
    }
  });

  test("see what goes wrong, as the caller will", async () => {
    const seen: unknown[] = [];
    const watching: Interceptor = async (call, next) => {
      try {
        return await next(call);
      } catch (err) {
        seen.push([call.side, (err as Error).message]);
        throw err;
      }
    };
    using client = connect([watching], [watching]);
    await expect(client.call("Arith.Divide", { A: 1, B: 0 })).rejects.toThrow("divide by zero");
    await expect(client.call("Arith.Throw", null)).rejects.toThrow("thrown");
    await expect(client.call("Feed.Odd", null)).rejects.toThrow("returned a number");
    expect(seen.slice(0, 4)).toEqual([
      ["server", "divide by zero"],
      ["client", "divide by zero"],
      ["server", "thrown"],
      ["client", "thrown"],
    ]);
    expect(seen).toHaveLength(6);
  });

  test("see streams and notifications", async () => {
    const calls: InterceptedCall[] = [];
    const noted: Interceptor = (call, next) => {
      calls.push(call);
      return next(call);
    };
    using client = connect([noted], [noted]);
    const numbers: number[] = [];
    for await (const n of client.stream<number>("Feed.Count", 3)) numbers.push(n);
    expect(numbers).toEqual([0, 1, 2]);
    await client.notify("Arith.Multiply", { A: 1, B: 2 });
    await client.call("Arith.Multiply", { A: 1, B: 2 });
    for (const end of ["client", "server"]) {
      expect(calls.filter(({ side }) => side === end).map(({ kind }) => kind)).toEqual(["stream", "notify", "call"]);
    }
    expect(calls[1]).toMatchObject({ codec: "msgpack", remoteAddr: { transport: "pipe" }, args: 3 });
  });
});
