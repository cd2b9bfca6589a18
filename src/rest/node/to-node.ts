import type { IncomingMessage, ServerResponse } from "node:http";
import { engineOf } from "../handler.js";
import { attempt, chain, type Maybe } from "../maybe.js";
import { fromResponse, Outcome } from "../outcome.js";
import type { Fetch } from "../types.js";
import { NodeIncoming } from "./node-incoming.js";
import { isAuthority } from "./target.js";
import { writeOutcome } from "./write-outcome.js";

/** A listener of node:http; it never throws, and nothing of it rejects. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => void;

/** Methods that no `Request` can have. */
const inexpressible: ReadonlySet<string> = new Set(["CONNECT", "TRACE", "TRACK"]);

/**
 * Makes a listener of node:http out of a handler, or out of any function that answers a `Request`: for `createServer`,
 * and to be mounted in Express, Fastify and Koa.
 *
 * ```ts
 * http.createServer(toNode(handler)).listen(8080);
 * express().use("/api", toNode(handler)); // patterns begin behind /api; body parsers may have run
 * koa.use((ctx) => ((ctx.respond = false), toNode(handler)(ctx.req, ctx.res)));
 * fastify.removeAllContentTypeParsers(); // the bodies are for the handler
 * fastify.addContentTypeParser("*", (_request, _body, done) => done(null));
 * fastify.all("/*", (request, reply) => (reply.hijack(), toNode(handler)(request.raw, reply.raw)));
 * ```
 *
 * What a handler writes into Location is for the client: behind `/api`, a relative one (`created("videos/1")`) is right wherever
 * it is mounted. Of a handler that was not made by `rest.handler`, what it throws is a bare 500.
 *
 * Bodies stream both ways, no faster than they are read. When the client goes away before it has its answer, the signal of
 * the request is aborted, and a stream that was being sent is cancelled.
 * @throws {TypeError} the handler is no function
 */
export function toNode(handler: Fetch): NodeListener {
  if (typeof handler !== "function") {
    throw new TypeError("What is served is no function: resources are served by rest.handler(…)");
  }
  const engine = engineOf(handler);
  const respond = async (incoming: NodeIncoming) => fromResponse(await handler(incoming.request));
  const answer = (incoming: NodeIncoming): Maybe<Outcome> =>
    refusal(incoming) ?? (engine === undefined ? respond(incoming) : engine.answer(incoming));
  const rescue = (error: unknown, incoming: NodeIncoming): Maybe<Outcome> =>
    engine === undefined ? new Outcome(500) : engine.rescue(error, incoming);
  return (request, response) => {
    const incoming = new NodeIncoming(request, response);
    const isHead = incoming.method === "HEAD";
    const write = (outcome: Maybe<Outcome>) => chain(outcome, (one) => writeOutcome(one, response, isHead));
    void attempt(
      () =>
        attempt(
          () => write(answer(incoming)),
          (error) => mend(response, rescue(error, incoming), write),
        ),
      () => mend(response, new Outcome(500), write),
    );
  };
}

/** Sends something else where an answer cannot be sent; one that has begun is broken off. */
function mend(
  response: ServerResponse,
  outcome: Maybe<Outcome>,
  write: (outcome: Maybe<Outcome>) => Maybe<void>,
): Maybe<void> {
  response.statusMessage = ""; // of the attempt that failed
  if (!response.headersSent) return write(outcome);
  response.destroy();
}

/** Refuses what no `Request` can be. */
function refusal({ method, authority, hasTwoHosts }: NodeIncoming): Outcome | null {
  if (!isAuthority(authority) || hasTwoHosts) return new Outcome(400);
  return inexpressible.has(method) ? new Outcome(501) : null;
}
