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
 * Bodies stream both ways, no faster than they are read. When the client goes away before it has its answer, the signal of
 * the request is aborted, and a stream that was being sent is cancelled.
 */
export function toNode(handler: Fetch): NodeListener {
  const engine = engineOf(handler);
  const answer = (incoming: NodeIncoming): Maybe<Outcome> =>
    refusal(incoming) ??
    (engine === undefined ? handler(incoming.request).then(fromResponse) : engine.answer(incoming));
  return (request, response) => {
    const incoming = new NodeIncoming(request, response);
    const isHead = incoming.method === "HEAD";
    const outcome = attempt(
      () => answer(incoming),
      () => new Outcome(500),
    );
    void attempt(
      () => chain(outcome, (one) => writeOutcome(one, response, isHead)),
      () => breakOff(response),
    );
  };
}

/** Ends an answer that cannot be written: a field has a value that none may have, or a stream is broken. */
function breakOff(response: ServerResponse): void {
  response.statusMessage = ""; // of the attempt that failed
  if (response.headersSent) response.destroy();
  else void writeOutcome(new Outcome(500), response, false);
}

/** Refuses what no `Request` can be. */
function refusal({ method, authority }: NodeIncoming): Outcome | null {
  if (!isAuthority(authority)) return new Outcome(400);
  return inexpressible.has(method) ? new Outcome(501) : null;
}
