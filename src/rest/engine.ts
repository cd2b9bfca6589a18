import { FetchIncoming, type Incoming } from "./incoming.js";
import { around } from "./layers.js";
import { attempt, chain, type Maybe } from "./maybe.js";
import { discard, fromResponse, Outcome, type OutcomeBody, toResponse } from "./outcome.js";
import { Problem } from "./problem.js";
import { asProblem, problemOutcome } from "./problem-outcome.js";
import { json } from "./represent/json.js";
import { Representations } from "./representations.js";
import { type Found, Router } from "./router.js";
import { serve } from "./serve-resource.js";
import { methods, requireMiddleware, Served } from "./served.js";
import type { Fetch, HandlerOptions, Middleware } from "./types.js";

/** The methods that are known; all else is not implemented, whatever the resource. */
const knownMethods: ReadonlySet<string> = new Set(methods);

/** A step on the way of a request. */
type Step = (incoming: Incoming) => Maybe<Outcome>;

/** Serves resources: what `rest.handler` has inside. */
export class Engine {
  readonly #router = new Router<Served>();
  readonly #represent: Representations;
  readonly #use: readonly Middleware[];
  readonly #onError: HandlerOptions["onError"];
  readonly #allMethods: string;
  /** The bodies of the responses that middleware sees: what it passes on as it is goes through no stream. */
  readonly #bodies = new WeakMap<Response, OutcomeBody>();

  constructor(options: HandlerOptions) {
    this.#represent = new Representations(options.represent ?? [json]);
    this.#use = requireMiddleware(options.use ?? []);
    this.#onError = options.onError;
    const all = new Set<string>(["OPTIONS"]);
    for (const resource of options.resources) {
      const served = new Served(resource, this.#represent, options);
      this.#router.add(served.pattern, served);
      for (const method of served.verbs.keys()) all.add(method);
    }
    this.#allMethods = [...all].toSorted().join(", ");
  }

  /** Answers a request of the Fetch API; never rejects. */
  async fetch(request: Request): Promise<Response> {
    const incoming = new FetchIncoming(request);
    try {
      return toResponse(await this.answer(incoming));
    } catch (error) {
      return toResponse(await this.rescue(error, incoming));
    }
  }

  /** Answers a request, at once if nothing has to be waited for; never throws or rejects. */
  answer(incoming: Incoming): Maybe<Outcome> {
    const outcome =
      this.#use.length === 0
        ? this.#route(incoming)
        : this.#through(this.#use, incoming, this.#represent, (one) => this.#route(one));
    return incoming.method === "HEAD" ? chain(outcome, withoutBody) : outcome;
  }

  /** Makes the answer of what was thrown while another was made, or sent; never throws or rejects. */
  rescue(error: unknown, incoming: Incoming): Maybe<Outcome> {
    const outcome = this.#failed(error, incoming, this.#represent);
    return incoming.method === "HEAD" ? chain(outcome, withoutBody) : outcome;
  }

  #route(incoming: Incoming): Maybe<Outcome> {
    if (!knownMethods.has(incoming.method)) {
      return this.#failed(new Problem(501, `The method ${incoming.method} is not known`), incoming, this.#represent);
    }
    if (incoming.path === "*") return this.#asterisk(incoming);
    const found = this.#router.find(this.#router.hasHosts ? incoming.host : "", incoming.path);
    if (found.kind !== "match") return this.#miss(found, incoming);
    const { target: served, values } = found;
    const step: Step = (one) =>
      attempt(
        () => serve(one, served, values),
        (error) => this.#failed(error, one, served.represent),
      );
    return served.use.length === 0 ? step(incoming) : this.#through(served.use, incoming, served.represent, step);
  }

  /** `OPTIONS *` is about the server (RFC 9110 section 9.3.7). */
  #asterisk(incoming: Incoming): Maybe<Outcome> {
    if (incoming.method === "OPTIONS") return new Outcome(204, null, ["Allow", this.#allMethods]);
    return this.#failed(new Problem(400), incoming, this.#represent);
  }

  #miss(found: Exclude<Found<Served>, { kind: "match" }>, incoming: Incoming): Maybe<Outcome> {
    if (found.kind === "redirect") {
      return new Outcome(307, null, ["Location", `${incoming.base}${found.path}${incoming.search}`]);
    }
    const problem = found.kind === "none" ? new Problem(404) : new Problem(400, "The path is not escaped well");
    return this.#failed(problem, incoming, this.#represent);
  }

  /** Takes the way through middleware, each layer of which sees a `Response`, whatever was thrown further in. */
  async #through(
    use: readonly Middleware[],
    incoming: Incoming,
    represent: Representations,
    last: Step,
  ): Promise<Outcome> {
    const { request } = incoming;
    const rescue = async (error: unknown) => this.#responseOf(await this.#failed(error, incoming, represent));
    const inner: Fetch = async (given) => {
      try {
        return this.#responseOf(await last(given === request ? incoming : new FetchIncoming(given)));
      } catch (error) {
        return rescue(error);
      }
    };
    const response = await around(use, inner, rescue)(request);
    try {
      return this.#outcomeOf(response);
    } catch (error) {
      return this.#failed(error, incoming, represent);
    }
  }

  #responseOf(outcome: Outcome): Response {
    const response = toResponse(outcome);
    if (response.body !== null && outcome.body !== null) this.#bodies.set(response, outcome.body);
    return response;
  }

  #outcomeOf(response: Response): Outcome {
    const outcome = fromResponse(response);
    const body = this.#bodies.get(response);
    if (body !== undefined && !(body instanceof ReadableStream)) outcome.body = body;
    return outcome;
  }

  /** Makes the answer of what was thrown. */
  #failed(error: unknown, incoming: Incoming, represent: Representations): Maybe<Outcome> {
    const accept = incoming.header("accept");
    return attempt(
      () => chain(asProblem(error) ?? this.#report(error, incoming), (one) => problemOutcome(one, represent, accept)),
      async (broken) => {
        await this.#report(broken, incoming); // the problem itself cannot be sent: a field of it is none
        return new Outcome(500);
      },
    );
  }

  async #report(error: unknown, incoming: Incoming): Promise<Problem> {
    if (incoming.signal.aborted) return new Problem(400); // nobody reads it
    try {
      return asProblem(await this.#onError?.(error, incoming.request)) ?? new Problem(500);
    } catch {
      return new Problem(500);
    }
  }
}

/** HEAD is GET without the body: the fields are the same (RFC 9110 section 9.3.2). */
function withoutBody(outcome: Outcome): Outcome {
  const { body } = outcome;
  const length = lengthOf(body);
  if (length !== null && outcome.get("content-length") === null) outcome.fields.push("Content-Length", String(length));
  discard(body);
  outcome.body = outcome.origin = null;
  return outcome;
}

function lengthOf(body: OutcomeBody | null): number | null {
  if (typeof body === "string") return new TextEncoder().encode(body).byteLength;
  if (body instanceof Uint8Array) return body.byteLength;
  return body instanceof Blob ? body.size : null;
}
