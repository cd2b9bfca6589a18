import fc from "fast-check";
import { applyPatch, createPatch } from "rfc6902";
import { describe, expect, test } from "vitest";
import { handler } from "../../src/rest/handler.js";
import { applyJsonPatch } from "../../src/rest/json-patch.js";
import { applyMergePatch } from "../../src/rest/merge-patch.js";
import { resource } from "../../src/rest/resource.js";
import { asking } from "./asking.js";

describe("JSON Merge Patch, the cases of RFC 7396 appendix A", () => {
  test.each<[unknown, unknown, unknown]>([
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])("%j and %j make %j", (target, patch, result) => {
    const before = structuredClone(target);
    expect(applyMergePatch(target, patch)).toEqual(result);
    expect(target).toEqual(before);
  });
});

const foo = { foo: "bar" };
const list = { foo: ["bar", "baz"] };

describe("JSON Patch, the cases of RFC 6902 appendix A and of its rules", () => {
  test.each<[unknown, object[], unknown]>([
    [foo, [{ op: "add", path: "/baz", value: "qux" }], { foo: "bar", baz: "qux" }],
    [list, [{ op: "add", path: "/foo/1", value: "qux" }], { foo: ["bar", "qux", "baz"] }],
    [{ baz: 1, foo: 2 }, [{ op: "remove", path: "/baz" }], { foo: 2 }],
    [list, [{ op: "remove", path: "/foo/0" }], { foo: ["baz"] }],
    [foo, [{ op: "replace", path: "/foo", value: 1 }], { foo: 1 }],
    [{ a: { b: 1 }, c: {} }, [{ op: "move", from: "/a/b", path: "/c/d" }], { a: {}, c: { d: 1 } }],
    [{ foo: [1, 2, 3, 4] }, [{ op: "move", from: "/foo/1", path: "/foo/3" }], { foo: [1, 3, 4, 2] }],
    [{ a: [1, "x"] }, [{ op: "test", path: "/a", value: [1, "x"] }], { a: [1, "x"] }],
    [foo, [{ op: "add", path: "/child", value: { a: {} } }], { foo: "bar", child: { a: {} } }],
    [foo, [{ op: "add", path: "/baz", value: 1, xyz: 123 }], { foo: "bar", baz: 1 }],
    [{ "/": 9, "~1": 10 }, [{ op: "test", path: "/~01", value: 10 }], { "/": 9, "~1": 10 }],
    [{ foo: [1] }, [{ op: "add", path: "/foo/-", value: [2] }], { foo: [1, [2]] }],
    [foo, [{ op: "replace", path: "", value: [1] }], [1]],
    [foo, [{ op: "add", path: "", value: null }], null],
    [foo, [{ op: "copy", from: "", path: "/self" }], { foo: "bar", self: { foo: "bar" } }],
    [{ "": 1 }, [{ op: "replace", path: "/", value: 2 }], { "": 2 }],
    [foo, [{ op: "move", from: "/foo", path: "/foo" }], foo],
    [{ a: { x: 1, y: 2 } }, [{ op: "test", path: "/a", value: { y: 2, x: 1 } }], { a: { x: 1, y: 2 } }],
    [{}, [{ op: "add", path: "/constructor", value: 1 }], { constructor: 1 }],
    [1, [], 1],
  ])("%j with %j is %j", (target, patch, result) => {
    const before = structuredClone(target);
    expect(applyJsonPatch(target, patch)).toEqual(result);
    expect(target).toEqual(before);
  });

  test.each<[unknown, unknown, number]>([
    [foo, [{ op: "test", path: "/foo", value: "x" }], 409],
    [{ a: 1 }, [{ op: "test", path: "/a", value: "1" }], 409],
    [{ a: {} }, [{ op: "test", path: "/a", value: [] }], 409],
    [foo, [{ op: "add", path: "/a/b", value: 1 }], 422],
    [foo, [{ op: "add", path: "/foo/b", value: 1 }], 422],
    [foo, [{ op: "remove", path: "/a" }], 422],
    [foo, [{ op: "remove", path: "" }], 422],
    [foo, [{ op: "replace", path: "/a", value: 1 }], 422],
    [list, [{ op: "add", path: "/foo/3", value: 1 }], 422],
    [list, [{ op: "add", path: "/foo/01", value: 1 }], 422],
    [list, [{ op: "replace", path: "/foo/-", value: 1 }], 422],
    [list, [{ op: "remove", path: "/foo/2" }], 422],
    [{ a: {} }, [{ op: "move", from: "/a", path: "/a/b" }], 422],
    [{}, [{ op: "copy", from: "/toString", path: "/a" }], 422],
    [{}, [{ op: "add", path: "/__proto__/polluted", value: 1 }], 422],
    [{}, [{ op: "test", path: "/constructor/name", value: "Object" }], 422],
    [foo, { op: "add" }, 400],
    [foo, [1], 400],
    [foo, [{ op: "add", path: "/a" }], 400],
    [foo, [{ op: "add", path: "a", value: 1 }], 400],
    [foo, [{ op: "add", path: "/~2", value: 1 }], 400],
    [foo, [{ op: "copy", path: "/a" }], 400],
    [foo, [{ op: "spam", path: "/a", value: 1 }], 400],
    [foo, [{ op: "toString", path: "/a", value: 1 }], 400],
    [foo, [{ path: "/a", value: 1 }], 400],
  ])("%j with %j is a %j", (target, patch, status) => {
    expect(() => applyJsonPatch(target, patch)).toThrow(expect.objectContaining({ name: "Problem", status }) as Error);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test("is applied as another library does, and leads where a difference was taken", () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.integer(),
        fc.string(),
        fc.constant(null),
        fc.boolean(),
        tie("list"),
        tie("object"),
      ),
      list: fc.array(tie("any"), { maxLength: 4 }),
      object: fc.dictionary(fc.stringMatching(/^[a-d~/]{0,2}$/), tie("any"), { maxKeys: 4, noNullPrototype: true }),
    })).object;
    fc.assert(
      fc.property(value, value, (from, to) => {
        const patch = createPatch(from, to);
        const theirs = structuredClone(from);
        expect(applyPatch(theirs, patch).every((error) => error === null)).toBe(true);
        expect(applyJsonPatch(from, patch)).toEqual(to);
        expect(theirs).toEqual(to);
      }),
    );
  });

  test("cannot grow without a bound", () => {
    const doubling = Array.from({ length: 40 }, (_, i) => ({ op: "copy", from: "", path: `/${i}` }));
    expect(() => applyJsonPatch({}, doubling)).toThrow(expect.objectContaining({ status: 422 }) as Error);
    const deeper = Array.from({ length: 40 }, () => ({ op: "copy", from: "/a", path: "/a/a" }));
    expect(() => applyJsonPatch({ a: { a: 1 } }, deeper)).not.toThrow(RangeError);
  });
});

describe("PATCH", () => {
  let state: unknown = { title: "a", tags: ["x"] };
  const ask = asking(
    handler(
      resource("/", {
        GET: () => state,
        PATCH: async (_, { patch }) => {
          state = await patch(state);
          return state;
        },
      }),
    ),
  );
  const merge = { "Content-Type": "application/merge-patch+json" };
  const operations = { "Content-Type": "application/json-patch+json" };

  test("takes both formats, all or nothing", async () => {
    expect((await ask("PATCH /", merge, '{"title":"b","tags":null}')).value).toEqual({ title: "b" });
    expect((await ask("PATCH /", operations, '[{"op":"add","path":"/n","value":1}]')).value).toEqual({
      title: "b",
      n: 1,
    });
    const half = '[{"op":"remove","path":"/n"},{"op":"test","path":"/title","value":"c"}]';
    const { status, value } = await ask("PATCH /", operations, half);
    expect([status, value]).toMatchObject([409, { operation: 1 }]);
    expect(state).toEqual({ title: "b", n: 1 });
  });

  test("has its statuses", async () => {
    expect((await ask("PATCH /", operations, '[{"op":"remove","path":"/none"}]')).status).toBe(422);
    expect((await ask("PATCH /", operations, "{}")).status).toBe(400);
    expect((await ask("PATCH /", merge, "{")).status).toBe(400);
    const { status, headers } = await ask("PATCH /", { "Content-Type": "application/json" }, "{}");
    expect([status, headers.get("Accept-Patch")]).toEqual([
      415,
      "application/merge-patch+json, application/json-patch+json",
    ]);
    expect((await ask("PATCH /", { ...merge, "If-Match": '"old"' }, "{}")).status).toBe(412);
  });
});
