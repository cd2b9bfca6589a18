// All examples of https://www.jsonrpc.org/specification, section 7: what is sent is as it stands there, and what comes back
// is as it stands there but for the white space.
import { describe, expect, test } from "vitest";
import { JSON2ServerCodec } from "../../src/rpc/jsonrpc2/server-codec.js";
import { answersTo, type Methods } from "./json-wire.js";

const notified: unknown[] = [];
const methods: Methods = {
  subtract(args) {
    const [minuend, subtrahend] = Array.isArray(args)
      ? (args as [number, number])
      : [(args as { minuend: number }).minuend, (args as { subtrahend: number }).subtrahend];
    return minuend - subtrahend;
  },
  sum: (args) => (args as number[]).reduce((a, b) => a + b, 0),
  update: (args) => void notified.push(args),
  notify_hello: (args) => void notified.push(args),
  notify_sum: (args) => void notified.push(args),
  get_data: () => ["hello", 5],
};

const examples: [string, string, string | null][] = [
  [
    "rpc call with positional parameters",
    '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
    '{"jsonrpc": "2.0", "result": 19, "id": 1}',
  ],
  [
    "rpc call with positional parameters, the other way round",
    '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
    '{"jsonrpc": "2.0", "result": -19, "id": 2}',
  ],
  [
    "rpc call with named parameters",
    '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    '{"jsonrpc": "2.0", "result": 19, "id": 3}',
  ],
  [
    "rpc call with named parameters, in another order",
    '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
    '{"jsonrpc": "2.0", "result": 19, "id": 4}',
  ],
  ["a Notification", '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}', null],
  ["a Notification of a method that is not there", '{"jsonrpc": "2.0", "method": "foobar"}', null],
  [
    "rpc call of non-existent method",
    '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    '{"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "1"}',
  ],
  [
    "rpc call with invalid JSON",
    '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    '{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}',
  ],
  [
    "rpc call with invalid Request object",
    '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
    '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}',
  ],
  [
    "rpc call Batch, invalid JSON",
    `[
  {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
  {"jsonrpc": "2.0", "method"
]`,
    '{"jsonrpc": "2.0", "error": {"code": -32700, "message": "Parse error"}, "id": null}',
  ],
  [
    "rpc call with an empty Array",
    "[]",
    '{"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}',
  ],
  [
    "rpc call with an invalid Batch (but not empty)",
    "[1]",
    `[
  {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}
]`,
  ],
  [
    "rpc call with invalid Batch",
    "[1,2,3]",
    `[
  {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
  {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
  {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null}
]`,
  ],
  [
    "rpc call Batch",
    `[
        {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
        {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "get_data", "id": "9"} 
    ]`,
    `[
        {"jsonrpc": "2.0", "result": 7, "id": "1"},
        {"jsonrpc": "2.0", "result": 19, "id": "2"},
        {"jsonrpc": "2.0", "error": {"code": -32600, "message": "Invalid Request"}, "id": null},
        {"jsonrpc": "2.0", "error": {"code": -32601, "message": "Method not found"}, "id": "5"},
        {"jsonrpc": "2.0", "result": ["hello", 5], "id": "9"}
    ]`,
  ],
  [
    "rpc call Batch (all notifications)",
    `[
        {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}
    ]`,
    null,
  ],
];

/** The bytes of an answer: the example without the white space that is for people. */
const compacted = (text: string | null) => (text === null ? "" : `${JSON.stringify(JSON.parse(text))}\n`);

describe.each([1, 2, 3, 1000])("the examples of the specification, %i bytes at a time", (step) => {
  test.each(examples)("%s", async (_, request, response) => {
    const serve = answersTo(request, (conn) => new JSON2ServerCodec(conn), methods, step);
    // What is no JSON is answered, and then ends the connection: it is the first message.
    if (response?.includes("-32700")) await expect(serve).rejects.toThrow("invalid character");
    else expect(await serve).toBe(compacted(response));
  });

  test("all that are JSON, one after the other", async () => {
    const good = examples.filter(([, , response]) => !response?.includes("-32700"));
    const text = good.map(([, request]) => request).join(step === 1 ? "" : "\n");
    const answers = good.map(([, , response]) => compacted(response)).join("");
    expect(await answersTo(text, (conn) => new JSON2ServerCodec(conn), methods, step)).toBe(answers);
  });
});

test("what is no JSON is answered before the connection ends", async () => {
  for (const [, request, response] of examples.filter(([, , answer]) => answer?.includes("-32700"))) {
    for (const step of [1, 2, 1000]) {
      let written = "";
      const serve = answersTo(
        request,
        (conn) => {
          const write = conn.write.bind(conn);
          conn.write = (p) => {
            written += Buffer.from(p).toString();
            return write(p);
          };
          return new JSON2ServerCodec(conn);
        },
        methods,
        step,
      );
      await expect(serve).rejects.toThrow("invalid character");
      expect(written).toBe(compacted(response));
    }
  }
});

test("notifications reach their methods", () => {
  expect(notified).toContainEqual([1, 2, 3, 4, 5]);
  expect(notified).toContainEqual([1, 2, 4]);
  expect(notified).toContainEqual(7); // the one element of a list is the argument
});
