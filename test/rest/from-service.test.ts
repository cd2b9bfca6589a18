import { describe, expect, test } from "vitest";
import { z } from "zod";
import { int, struct } from "../../src/gob/index.js";
import { fromService } from "../../src/rest/from-service.js";
import { handler } from "../../src/rest/handler.js";
import { openapi } from "../../src/rest/openapi.js";
import { Problem } from "../../src/rest/problem.js";
import type { Reply } from "../../src/rpc/reply.js";

const Args = struct("Args", { A: int, B: int });
const Contract = {
  name: "Arith",
  methods: {
    Multiply: { args: Args, reply: int, summary: "Multiplies" },
    DivideAll: { args: Args, reply: int },
    Odd: { args: z.object({ kind: z.string() }), reply: z.string() },
  },
};

/** What RPC serves, as it is. */
class Arith {
  readonly #factor = 1;
  Multiply(args: { A: number; B: number }, reply: Reply<number | bigint>): void {
    reply.value = args.A * args.B * this.#factor;
  }
  async DivideAll(args: { A: number; B: number }, reply: { value: number | bigint }): Promise<Error | undefined> {
    if (args.B === 0) return new Error("divide by zero");
    reply.value = args.A / args.B;
    return undefined;
  }
  Odd({ kind }: { kind: string }, reply: Reply<string>): undefined {
    if (kind === "throw") throw new Error("thrown");
    if (kind === "empty") throw new Error("");
    if (kind === "problem") throw new Problem(404, "no such thing");
    if (kind === "string") throw "secret"; // oxlint-disable-line typescript/only-throw-error
    if (kind === "return") return 5 as never;
    if (kind === "call")
      reply.value = `${reply.call.serviceMethod} ${reply.call.meta["x-a"]} ${reply.call.signal.aborted}`;
    return undefined;
  }
}

const resources = fromService(Contract, new Arith());
const fetch = handler(...resources);
async function call(path: string, body: unknown) {
  const headers = { "Content-Type": "application/json", "X-A": "1" };
  const response = await fetch(
    new Request(`http://localhost${path}`, { method: "POST", headers, body: JSON.stringify(body) }),
  );
  return [response.status, (await response.json()) as unknown] as const;
}
const detail = async (path: string, body: unknown) => {
  const [status, problem] = await call(path, body);
  return [status, (problem as { detail?: string }).detail];
};

describe("fromService", () => {
  test("calls methods, with their arguments checked", async () => {
    expect(await call("/arith/multiply", { A: 7, B: 8 })).toEqual([200, 56]);
    expect(await call("/arith/divide-all", { A: 6, B: 3 })).toEqual([200, 2]);
    const [status, problem] = await call("/arith/multiply", { A: "x", B: [] });
    expect(status).toBe(422);
    expect(problem).toMatchObject({ errors: [{ pointer: "#/A" }, { pointer: "#/B" }] });
  });
  test("an error that is returned or thrown is a 422 with its message", async () => {
    expect(await detail("/arith/divide-all", { A: 1, B: 0 })).toEqual([422, "divide by zero"]);
    expect(await detail("/arith/odd", { kind: "throw" })).toEqual([422, "thrown"]);
    expect(await detail("/arith/odd", { kind: "empty" })).toEqual([422, "unspecified error"]);
    expect(await detail("/arith/odd", { kind: "problem" })).toEqual([404, "no such thing"]);
  });
  test("anything else that is thrown or returned is a bare 500", async () => {
    expect(await detail("/arith/odd", { kind: "string" })).toEqual([500, undefined]);
    expect(await detail("/arith/odd", { kind: "return" })).toEqual([500, undefined]);
  });
  test("a reply that is not set is null; the call is known", async () => {
    expect(await call("/arith/odd", { kind: "" })).toEqual([200, null]);
    expect(await call("/arith/odd", { kind: "call" })).toEqual([200, "Arith.Odd 1 false"]);
  });
  test("other verbs are not allowed", async () => {
    const response = await fetch(new Request("http://localhost/arith/multiply"));
    expect([response.status, response.headers.get("Allow")]).toEqual([405, "OPTIONS, POST"]);
  });
  test.each([
    ["Arith", "Multiply", "/arith/multiply"],
    ["HTTPServer", "GetURL2", "/http-server/get-url2"],
    ["net.rpc.Arith", "ToJSONText", "/net-rpc-arith/to-json-text"],
    ["Übung", "Ä", "/übung/ä"],
  ])("%s.%s is %s", (name, method, pattern) => {
    const contract = { name, methods: { [method]: { args: Args, reply: int } } };
    expect(fromService(contract, { [method]: () => {} })[0]?.pattern).toBe(pattern);
  });
  test("methods with many replies are for RPC alone", () => {
    const contract = { name: "Count", methods: { Up: { args: int, reply: int, isStream: true as const } } };
    expect(fromService(contract, {})).toEqual([]);
  });
  test("may be somewhere else", () => {
    expect(fromService(Contract, new Arith(), { prefix: "/rpc" })[0]?.pattern).toBe("/rpc/arith/multiply");
  });
  test("refuses a method without an implementation", () => {
    expect(() => fromService(Contract, {} as never)).toThrow("Method Arith.Multiply has no implementation");
  });
  test("is described like any resource", () => {
    const { paths } = openapi(resources, { title: "Arith", version: "1" });
    expect(paths["/arith/multiply"]).toMatchObject({ post: { summary: "Multiplies", tags: ["Arith"] } });
  });
});
