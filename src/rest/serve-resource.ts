import { answer } from "./answer.js";
import { acceptFields, hasBody, requireAccepted } from "./body.js";
import { Exchange } from "./exchange.js";
import type { Incoming } from "./incoming.js";
import { chain, type Maybe } from "./maybe.js";
import { Outcome } from "./outcome.js";
import { Problem } from "./problem.js";
import { patchTypes, type Served } from "./served.js";
import { precondition } from "./version.js";

/**
 * Answers a request to a resource.
 * @throws {Problem} what is wrong with it; and whatever a handler throws
 */
export function serve(incoming: Incoming, served: Served, values: readonly string[]): Maybe<Outcome> {
  const verb = served.verbs.get(incoming.method);
  if (verb === undefined) return withoutVerb(incoming, served);
  const exchange = new Exchange(incoming, served, verb, values);
  if (verb.accepts !== undefined && hasBody(incoming)) requireAccepted(incoming, exchange.accepted);
  if (verb.query === undefined) return conditionally(exchange);
  return exchange.checkQuery(verb.query).then(() => conditionally(exchange));
}

function conditionally(exchange: Exchange): Maybe<Outcome> {
  return chain(precondition(exchange), (ended) => ended ?? run(exchange));
}

function run(exchange: Exchange): Maybe<Outcome> {
  const returned = exchange.verb.handle(exchange.incoming.request, exchange);
  return chain(returned, (value) => answer(value, exchange));
}

/** OPTIONS is answered for all resources; other verbs that a resource does not have are a 405. */
function withoutVerb(incoming: Incoming, served: Served): Outcome {
  if (incoming.method !== "OPTIONS") throw new Problem(405, { headers: { Allow: served.allow } });
  const outcome = new Outcome(204, null, ["Allow", served.allow]);
  for (const method of ["PATCH", "POST", "QUERY"]) {
    const verb = served.verbs.get(method);
    if (verb === undefined) continue;
    const types = verb.accepts ?? (method === "PATCH" ? patchTypes : served.acceptedBy(method));
    const { Accept: _, ...fields } = acceptFields({ method, types });
    outcome.add(fields);
  }
  return outcome;
}
