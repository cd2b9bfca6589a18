// Checked by `tsc -p .`: nothing here runs.
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { int, string, struct } from "../../src/gob/index.js";
import { client } from "../../src/rest/client/client.js";
import type { ClientReply, PathParams, PathValue } from "../../src/rest/client/options.js";
import { events } from "../../src/rest/events.js";
import { Feed, type FeedEvent } from "../../src/rest/events-feed.js";
import { fromService } from "../../src/rest/from-service.js";
import { openapi } from "../../src/rest/openapi.js";
import { poll } from "../../src/rest/polling.js";
import type { Reply } from "../../src/rpc/reply.js";

const api = client("https://example.com/v1");

// The wildcards of a path are known by name.
expectTypeOf<keyof PathParams<"/videos/{id}/files/{path...}">>().toEqualTypeOf<"id" | "path">();
expectTypeOf<PathParams<"/videos/{id}">>().toExtend<{ readonly id: PathValue }>();
expectTypeOf<PathParams<string>>().toEqualTypeOf<Readonly<Record<string, PathValue>>>();
void api.get("/videos/{id}", { params: { id: 7 } });
// @ts-expect-error: there is no such wildcard
void api.get("/videos/{id}", { params: { name: 7 } });
// @ts-expect-error: it is no part of a path
void api.get("/videos/{id}", { params: { id: { a: 1 } } });

// A value is unknown, what it is said to be, or what its schema gives.
expectTypeOf(api.get("/a")).toEqualTypeOf<Promise<ClientReply>>();
expectTypeOf(api.get<number>("/a")).toEqualTypeOf<Promise<ClientReply<number>>>();
expectTypeOf(api.get("/a", { as: z.object({ n: z.string().transform(Number) }) })).toEqualTypeOf<
  Promise<ClientReply<{ n: number }>>
>();
expectTypeOf(api.post("/a", {}, { as: struct({ N: int }) })).toEqualTypeOf<Promise<ClientReply<{ N: number }>>>();
expectTypeOf(api.head("/a")).toEqualTypeOf<Promise<ClientReply<undefined>>>();
expectTypeOf(api.items<number>("/a")).toEqualTypeOf<AsyncGenerator<number, void, undefined>>();
expectTypeOf(api.items("/a", { as: z.array(z.string()) })).toEqualTypeOf<AsyncGenerator<string, void, undefined>>();
expectTypeOf(poll<number>(api, "/a")).toEqualTypeOf<AsyncGenerator<ClientReply<number>, void, undefined>>();
void api.update<{ n: number }>("/a", (value) => ({ n: value.n + 1 }));

// A feed is a source of events.
const feed = new Feed<{ price: number }>();
expectTypeOf(feed.after(0).events).toEqualTypeOf<readonly FeedEvent<{ price: number }>[]>();
events(new Request("https://example.com/"), feed);
events(new Request("https://example.com/"), async function* ({ lastEventId }) {
  yield { data: lastEventId };
});
// @ts-expect-error: that is no event
events(new Request("https://example.com/"), ["text"]);

// A contract types what serves it, and what serves RPC serves it.
const contract = { name: "Arith", methods: { Double: { args: struct({ N: int }), reply: string } } };
fromService(contract, {
  Double(args, reply) {
    expectTypeOf(args).toEqualTypeOf<{ N: number }>();
    reply.value = String(args.N * 2);
  },
});
fromService(contract, { Double: (_args: { N: number }, reply: Reply<string>) => void (reply.value = "") });
// @ts-expect-error: there is no such method
fromService(contract, { Half: () => {} });
// @ts-expect-error: a method sets reply.value, and returns nothing or an Error
fromService(contract, { Double: () => "four" });

// @ts-expect-error: an API has a title
openapi([], { version: "1" });
