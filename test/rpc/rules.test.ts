import { int, string } from "toolkit/gob";
import { method, type Reply, Server, service } from "toolkit/rpc";
import { describe, expect, test } from "vitest";
import { Arith, connected } from "./arith.js";

class Base {
  Inherited(_args: unknown, reply: Reply<string>): void {
    reply.value = "inherited";
  }
  Overridden(_args: unknown, reply: Reply<string>): void {
    reply.value = "base";
  }
  Narrowed(_args: unknown, _reply: Reply<string>): void {}
}

class Rules extends Base {
  Own = (_args: unknown, reply: Reply<string>): void => {
    reply.value = "own";
  };
  Value = 5;
  get Getter(): (args: unknown, reply: Reply) => void {
    throw new Error("a getter is not asked");
  }
  static Static(_args: unknown, _reply: Reply): void {}
  override Overridden(_args: unknown, reply: Reply<string>): void {
    reply.value = "derived";
  }
  override Narrowed(): void {}
  One(_args: unknown): void {}
  Three(_args: unknown, _reply: Reply, _more: unknown): void {}
  WithDefault(_args: unknown, _reply: Reply = {} as Reply): void {}
  Rest(_args: unknown, ..._replies: Reply[]): void {}
  lower(_args: unknown, _reply: Reply): void {}
  _Under(_args: unknown, _reply: Reply): void {}
  $Dollar(_args: unknown, _reply: Reply): void {}
  Übung(_args: unknown, reply: Reply<string>): void {
    reply.value = "geübt";
  }
}

class Hidden {
  #args(_args: unknown, _reply: Reply): void {}
  lower(args: unknown, reply: Reply): void {
    this.#args(args, reply);
  }
}
class unexported extends Arith {}

const names = (server: Server) => server.services.map(({ name, methods }) => [name, methods.map((each) => each.name)]);

describe("register", () => {
  test("serves the exported methods of two parameters, inherited ones too", () => {
    const server = new Server();
    server.register(new Rules());
    expect(names(server)).toEqual([["Rules", ["Inherited", "Overridden", "Own", "Übung"]]]);
  });

  test("takes the name of the class, or the given one, with dots or not", () => {
    const server = new Server();
    server.register(new Arith());
    server.registerName("net.rpc.Arith", new Arith());
    server.registerName("plain", { Do(_args: unknown, _reply: Reply) {} });
    server.registerName("lower", new unexported());
    expect(server.services.map(({ name }) => name)).toEqual(["Arith", "lower", "net.rpc.Arith", "plain"]);
  });

  test("refuses in Go's words", () => {
    const server = new Server();
    server.register(new Arith());
    const refusals: [() => void, string][] = [
      [
        () => server.register(new Hidden() as object),
        "rpc.Register: type Hidden has no exported methods of suitable type",
      ],
      [() => server.registerName("X", {}), "rpc.Register: type X has no exported methods of suitable type"],
      [
        () => server.register(Arith as object),
        "rpc.Register: type Arith has no exported methods of suitable type (hint: pass an instance of that class)",
      ],
      [() => server.register(new unexported()), "rpc.Register: type unexported is not exported"],
      [
        () => server.register({ Do(_args: unknown, _reply: Reply) {} }),
        "rpc.Register: no service name for type object",
      ],
      [() => server.registerName("", new Arith()), "rpc.Register: no service name for type Arith"],
      [() => server.register(null as unknown as object), "rpc.Register: no service name for type null"],
      [() => server.register(5 as unknown as object), "rpc.Register: no service name for type number"],
      [() => server.register(new Arith()), "rpc: service already defined: Arith"],
    ];
    for (const [refused, words] of refusals) expect(refused).toThrow(new TypeError(words));
    expect(server.services).toHaveLength(1);
  });

  test("lists what it leaves out, and why, in the words that Go logs", () => {
    const server = new Server();
    server.register(new Rules());
    const inputs = (name: string, n: number) => ({
      name,
      reason: `rpc.Register: method "${name}" has ${n} input parameters; needs exactly two`,
    });
    const hidden = (name: string) => ({
      name,
      reason: `rpc.Register: method "${name}" is not exported: its name begins with no upper-case letter`,
    });
    expect(server.services[0]?.skipped).toEqual([
      hidden("$Dollar"),
      { name: "Getter", reason: 'rpc.Register: "Getter" is a getter, not a method' },
      inputs("Narrowed", 0),
      inputs("One", 1),
      inputs("Rest", 1),
      inputs("Three", 3),
      inputs("WithDefault", 1),
      hidden("_Under"),
      hidden("lower"),
    ]);
  });

  test("leaves out a method whose name has a dot: it could be that of another service", async () => {
    const { client, server } = connected();
    const say = (text: string) => (_args: unknown, reply: Reply<string>) => void (reply.value = text);
    server.registerName("A.B", { C: say("theirs") });
    server.registerName("A", { "B.C": say("ours"), D: say("d") });
    expect(await client.call("A.B.C", null)).toBe("theirs");
    expect(server.services.find(({ name }) => name === "A")?.skipped).toEqual([
      { name: "B.C", reason: expect.stringContaining("has a dot in its name") as string },
    ]);
    expect(() => service("A", { "B.C": method(int, int) })).not.toThrow();
    expect(() => server.register({ "B.C": say("x") }, service("X", { "B.C": method(int, string) }))).toThrow(TypeError);
    await server.shutdown();
  });

  test("is not misled by names that mean something to objects", async () => {
    class Named {
      static name(): string {
        return "Misleading";
      }
      Do(_args: unknown, reply: Reply<string>): void {
        reply.value = "done";
      }
    }
    const { client, server } = connected();
    expect(() => server.register(new Named())).toThrow("rpc.Register: no service name for type object");
    for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty", "prototype"]) {
      await expect(client.call(`${name}.Do`, null)).rejects.toThrow(`rpc: can't find service ${name}.Do`);
      server.registerName(name, new Named());
      expect(await client.call(`${name}.Do`, null)).toBe("done");
      await expect(client.call(`${name}.${name}`, null)).rejects.toThrow(`rpc: can't find method ${name}.${name}`);
    }
    expect(server.services).toHaveLength(6);
    await server.shutdown();
  });

  test("is allowed while connections are served, and counts calls", async () => {
    const { client, server } = connected();
    await expect(client.call("Rules.Own", null)).rejects.toThrow("rpc: can't find service Rules.Own");
    server.register(new Rules());
    expect(await client.call("Rules.Own", null)).toBe("own");
    expect(await client.call("Rules.Inherited", null)).toBe("inherited");
    expect(await client.call("Rules.Overridden", null)).toBe("derived");
    expect(await client.call("Rules.Übung", null)).toBe("geübt");
    expect(server.services[1]?.methods.map(({ calls }) => calls)).toEqual([1, 1, 1, 1]);
    await server.shutdown();
  });
});

test("what no class serves cannot be called, least of all what every object has", async () => {
  const { client, server } = connected([new Arith(), new Rules()]);
  const none = [
    ...Object.getOwnPropertyNames(Object.prototype),
    "prototype",
    "secret",
    "lower",
    "Value",
    "Getter",
    "Static",
    "One",
    "Three",
    "Narrowed",
    "",
  ];
  for (const name of none) {
    await expect(client.call(`Arith.${name}`, {}), name).rejects.toThrow(`rpc: can't find method Arith.${name}`);
    await expect(client.call(`${name}.Multiply`, {}), name).rejects.toThrow(`rpc: can't find service ${name}.Multiply`);
  }
  await server.shutdown();
});
